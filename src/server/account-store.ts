import { randomUUID } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import type { Static } from 'typebox'
import type { Problem } from '#domain/fault.ts'
import type { Installation } from '#ports/database.ts'
import { StoreFault } from '#ports/remote-store.ts'
import type { World } from '#ports/world.ts'
import { idMaker } from '#core/new-id.ts'
import { storeNameProblem, type GivenStore } from '#core/set-up-store.ts'
import { readJson } from '#dialects/json.ts'
import { sayProblem } from '#dialects/strongroom/faults.ts'
import { CreateStore } from '#dialects/strongroom/schemas.ts'
import { givenStore } from '#dialects/strongroom/stores.ts'
import { checkOf } from '#dialects/validate.ts'
import { Guard } from '#stores/remote/guard.ts'
import { probe } from '#stores/remote/probe.ts'
import { BadSetting, type Config } from './config.ts'
import { checkAddress } from './store-address.ts'
import { openInstalled } from './stores.ts'

const READABLE_BY_OTHERS = 0o004

/**
 * The store that new accounts are given, as its file describes it: what our own API takes to set one
 * up. Throws `BadSetting`.
 */
export async function readAccountStore({ accountStoreFile }: Config): Promise<GivenStore | null> {
  if (accountStoreFile === null) return null
  const refuse = (why: string) => new BadSetting(`--account-store ${accountStoreFile}: ${why}`)
  const bytes = await readPrivate(accountStoreFile).catch((error: unknown) => {
    throw refuse(error instanceof Error ? error.message : 'it cannot be read')
  })
  const said = readJson(bytes, true)
  if (!said.ok) throw refuse('it is not JSON')
  const problems = problemsOf(said.value)
  if (problems.length > 0) throw refuse(problems.map(sayProblem).join('; '))
  const given = givenStore(said.value as Static<typeof CreateStore>)
  if (!given.ok) throw refuse('its credential is too long')
  return given.value
}

async function readPrivate(file: string): Promise<Uint8Array> {
  const { mode } = await stat(file)
  if ((mode & READABLE_BY_OTHERS) !== 0) {
    throw new Error(
      'everybody on this machine can read it, and it may hold a credential: chmod 600',
    )
  }
  return readFile(file)
}

function problemsOf(said: unknown): readonly Problem[] {
  const problems = checkOf('body', CreateStore)(said)
  if (problems.length > 0) return problems
  const { name } = said as Static<typeof CreateStore>
  const problem = storeNameProblem(name, ['body', 'name'])
  return problem === null ? [] : [problem]
}

/**
 * Really writes, reads and removes a probe in the store that new accounts are given, so that none is
 * made with one that does not work. A probe that stays behind is the operator's, once there is an
 * operator: their plan shows it. Throws `BadSetting`.
 */
export async function tryAccountStore(
  { kind, config, name, credential = null }: GivenStore,
  { stores: { privateAddresses } }: Config,
  world: World,
  {
    id: installation,
    operator,
  }: Pick<Installation, 'id'> & Partial<Pick<Installation, 'operator'>>,
): Promise<void> {
  const newId = idMaker(world)
  const account = operator ?? newId<'account'>()
  const mark = { installation, account, secret: newId<'secret'>() }
  try {
    await checkAddress(config.url, privateAddresses)
    const store = await openInstalled({ kind, config }, credential, { now: () => world.now() })
    try {
      await probe(store, new Guard(), mark, randomUUID)
    } finally {
      await store.close()
    }
  } catch (error) {
    if (!(error instanceof StoreFault)) throw error
    throw new BadSetting(
      `--account-store: the store ${name} (${kind}) did not write, read and remove a probe: ` +
        error.message,
    )
  }
}
