import type { StrongroomClient } from '#client/client.ts'
import { ApiError } from '#client/errors.ts'
import { isSame } from '#client/values.ts'
import type { Secret, SizedGroup } from '#client/wire.ts'
import type { GroupKind } from '#domain/group.ts'
import { nameProblem, nameRules } from '#domain/names.ts'
import { command } from './command.ts'
import { Failure, Misuse } from './failure.ts'
import { readGiven, type Given } from './import-file.ts'
import { importStore } from './import-store.ts'
import { aLink, GROUPS_HELP, groupFlag, groupRef } from './places.ts'
import { all } from './named.ts'
import { clean, table } from './text.ts'

/** What importing one name comes to. */
type Step = { readonly given: Given } & (
  | { readonly change: 'new' }
  | { readonly change: 'version'; readonly known: Secret }
  | { readonly change: 'same' | 'empty' }
)

const words: Readonly<Record<Step['change'], string>> = {
  new: 'new secret',
  version: 'new version',
  same: 'is the same',
  empty: 'is empty: left out',
}

async function planOf(
  client: StrongroomClient,
  group: SizedGroup,
  given: readonly Given[],
): Promise<readonly Step[]> {
  checkNames(group, given)
  const known = new Map((await all(client.secretsIn(group.id))).map((one) => [one.name, one]))
  const steps: Step[] = []
  for (const one of given) steps.push(await stepOf(client, one, known.get(one.name)))
  return steps
}

async function stepOf(
  client: StrongroomClient,
  given: Given,
  known: Secret | undefined,
): Promise<Step> {
  if (given.value.size === 0) return { given, change: 'empty' }
  if (known === undefined) return { given, change: 'new' }
  if (known.linked) throw new Failure(`${clean(given.name)}: ${aLink().message}`)
  const same = await holds(client, known, given)
  return same ? { given, change: 'same' } : { given, change: 'version', known }
}

/** Whether a secret holds this value, as far as the token may read it. */
async function holds(client: StrongroomClient, { id }: Secret, { value }: Given): Promise<boolean> {
  try {
    return isSame((await client.readSecret(id)).value, value)
  } catch (error) {
    if (error instanceof ApiError && error.code === 'denied') return false
    throw error
  }
}

/** All names before anything is changed, so that a file goes in whole or not at all. */
function checkNames({ kind, name: group }: SizedGroup, given: readonly Given[]): void {
  const of = kind as GroupKind
  const odd = given.find(({ name }) => nameProblem(of, name, []) !== null)
  if (odd === undefined) return
  const rule = nameRules[of].pattern
  throw new Failure(`${clean(odd.name)} cannot be a name in ${clean(group)}: it must match ${rule}`)
}

async function apply(client: StrongroomClient, { id: group }: SizedGroup, step: Step) {
  const { name, value } = step.given
  if (step.change === 'new') await client.createSecret(group, { name, value })
  if (step.change === 'version') await client.updateSecret(step.known.id, { value })
}

const importFile = command({
  summary:
    'Show what a .env file, an object of JSON or a store would make in a group, and with --apply make it',
  args: [],
  rest: '[FILE]',
  flags: {
    group: { ...groupFlag, required: true, doc: 'The group.' },
    'from-store': {
      takes: 'STORE',
      doc: 'Instead of a file: what no Strongroom put into a store. For admins.',
    },
    prefix: { takes: 'PREFIX', doc: 'Of the store, only names that begin so.' },
    apply: { doc: 'Do it. Without this nothing is changed.' },
  },
  more: `Values are never shown. What a store holds is copied by the server and stays there as it is; each value that is read is on the record. What is in the group under the same names is read, to tell what is the same. Nothing in the group is deleted. Run it again if it ends half-way. ${GROUPS_HELP}`,
  async run({ vault, show }, { rest: [path, ...more], flags }) {
    const { group: word, apply: really, 'from-store': store, prefix } = flags
    if (more.length > 0) throw new Misuse('import: there is an argument too many')
    if ((path === undefined) === (store === undefined)) {
      throw new Misuse('import: name one file, or a store by --from-store')
    }
    if (prefix !== undefined && store === undefined) {
      throw new Misuse('import: --prefix belongs to --from-store')
    }
    const client = vault()
    if (path === undefined) {
      const from = { store: store ?? '', prefix: prefix ?? '' }
      await importStore({ client, show }, from, await groupRef(client, word), really)
      return
    }
    const given = await readGiven(path)
    const group = await client.group(await groupRef(client, word))
    const steps = await planOf(client, group, given)
    if (really) for (const step of steps) await apply(client, group, step)
    const told = steps.map(({ given: { name }, change }) => ({ name, change }))
    show({ group: group.id, applied: really, secrets: told }, () => {
      const rows = told.map(({ name, change }) => [name, words[change]])
      const end = really ? '' : '\nnothing is changed yet: --apply does it\n'
      return table(['NAME', 'WHAT'], rows) + end
    })
  },
})

export const importCommands = { import: importFile }
