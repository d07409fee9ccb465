import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { REMOTE_STORE_KINDS, type RemoteStoreKind } from '#domain/store.ts'
import { startPostgres } from '#test/support/postgres.ts'
import { startServer, type ServerOptions } from '#test/support/server.ts'
import { WHOLE } from '#test/support/tier.ts'
import {
  ACCOUNT_STORE,
  accountStoreArgs,
  startVendorStore,
  type VendorStore,
} from '#test/support/vendor-store.ts'
import { virtualEnvironment, watched } from './python.ts'

/**
 * The vendors' own clients, unmodified, against a running server: all on SQLite; the family with the
 * most calls on PostgreSQL too, and with OpenBao behind every account. Whole (`--whole`), all families
 * are on both engines. Takes the names of families to run (`scale-sgp`); all by default. With
 * `--store KIND` (or `all`) everything that a suite makes is kept in a store of this kind instead, on
 * the embedded database only.
 */
const here = new URL('.', import.meta.url).pathname

const FAMILIES = ['scale-sgp', 'prime-intellect', 'truefoundry']
/** The family that is run on everything. */
const FIRST = 'scale-sgp'
/** A client waits for most of its own. */
const AT_ONCE = 3

async function drive(
  family: string,
  on: string,
  options: ServerOptions,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const python = virtualEnvironment(family, join(here, family, 'requirements.txt'))
  const server = await startServer(options)
  try {
    const args = ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', join(here, family)]
    await watched(`${family} on ${on}`, python, args, {
      STRONGROOM_URL: server.url,
      STRONGROOM_TOKEN: server.token,
      STRONGROOM_ACCOUNT_ID: server.accountId,
      PYTHONDONTWRITEBYTECODE: '1',
      ...env,
    })
  } finally {
    await server.stop()
  }
}

type Run = () => Promise<void>

/** Does every run, some at a time. Throws what the first failed with. */
async function sideBySide(runs: readonly Run[]): Promise<void> {
  const left = runs.values()
  const worker = async (): Promise<void> => {
    for (const run of left) await run()
  }
  const done = await Promise.allSettled(Array.from({ length: AT_ONCE }, worker))
  const failed = done.find(({ status }) => status === 'rejected')
  if (failed?.status === 'rejected') throw failed.reason
}

async function onEmbedded(families: readonly string[]): Promise<void> {
  const postgres = await startPostgres()
  const runs = families.flatMap((family): readonly Run[] => [
    () => drive(family, 'SQLite', {}),
    ...(family === FIRST || WHOLE
      ? [async () => drive(family, 'PostgreSQL', { database: await postgres.newDatabase() })]
      : []),
    ...(family === FIRST ? [() => onStore(family, 'vault')] : []),
  ])
  await sideBySide(runs).finally(() => postgres.stop())
}

/** What a suite is to know of the store that its accounts are kept in. */
const environmentOf = ({ limits }: VendorStore): Readonly<Record<string, string>> => ({
  STRONGROOM_STORE: ACCOUNT_STORE,
  ...(limits === undefined
    ? {}
    : {
        STRONGROOM_TEXT_MAX: String(limits.text),
        STRONGROOM_CONTROL_MAX: String(limits.control),
      }),
})

async function onStore(family: string, kind: RemoteStoreKind): Promise<void> {
  const store = await startVendorStore(kind)
  const { args, remove } = await accountStoreArgs(store)
  try {
    await drive(family, kind, { args }, environmentOf(store))
  } finally {
    await remove()
    await store.stop()
  }
}

function kindsOf(word: string): readonly RemoteStoreKind[] {
  const kinds = REMOTE_STORE_KINDS.filter((kind) => word === 'all' || word === kind)
  if (kinds.length > 0) return kinds
  throw new Error(`--store takes one of ${[...REMOTE_STORE_KINDS, 'all'].join(', ')}`)
}

function familiesOf(wanted: readonly string[]): readonly string[] {
  const unknown = wanted.find((family) => !FAMILIES.includes(family))
  if (unknown !== undefined) throw new Error(`no family ${unknown}: ${FAMILIES.join(', ')}`)
  return FAMILIES.filter((family) => wanted.length === 0 || wanted.includes(family))
}

const { values, positionals } = parseArgs({
  options: { store: { type: 'string' } },
  allowPositionals: true,
})
const families = familiesOf(positionals)
if (values.store === undefined) await onEmbedded(families)
else {
  const kinds = kindsOf(values.store)
  await sideBySide(kinds.flatMap((kind) => families.map((family) => () => onStore(family, kind))))
}
