import type { Action } from '#domain/action.ts'
import type { Target } from '#domain/audit.ts'
import type { Grant, Receipt } from '#domain/grant.ts'
import type { Group } from '#domain/group.ts'
import { err, ok, type Result } from '#domain/result.ts'
import type { Secret } from '#domain/secret.ts'
import type { SecretValue } from '#domain/secret-value.ts'
import type { Store } from '#domain/store.ts'
import type { Caller } from '#domain/subject.ts'
import { StoreFault } from '#ports/remote-store.ts'
import type { OutsideStore } from '#ports/secret-store.ts'
import { authorize } from './authorize.ts'
import { checkGiven } from './check-secret.ts'
import { commitUnseen } from './commit.ts'
import type { Core } from './core.ts'
import { newSecret } from './create-secret.ts'
import { importName } from './import-name.ts'
import { findGroup, type GroupRef } from './locate.ts'
import type { Refused, Verb } from './perform.ts'
import { findStore } from './store-verbs.ts'
import { newVersion } from './write-value.ts'

/** What of a store is to become secrets of a group. */
export interface ImportPlan {
  readonly store: string
  readonly group: GroupRef
  /** What the names there begin with; an empty text for all of them. */
  readonly beginning: string
}

/** What importing one thing comes to; nothing in it is a value. */
export interface ImportStep {
  readonly path: string
  /** `null` where the group could not have any name made of it. */
  readonly name: string | null
  /**
   * `new`: it can be imported. `taken`: the group shows something of this name. `clash`: another one
   * of the plan comes to the same name. `unnamed`: it has no name.
   */
  readonly change: 'new' | 'taken' | 'clash' | 'unnamed'
}

export interface PlannedImport {
  readonly steps: readonly ImportStep[]
  /** Whether there is more than a plan holds: begin further down. */
  readonly more: boolean
}

const STEPS_MAX = 10_000

/** What a store holds that no Strongroom put there, and what it would be called in a group. Reads no value. */
export const planImport: Verb<ImportPlan, PlannedImport, 'store.browse'> = {
  action: 'store.browse',
  async decide(core, caller, { store: word, group: ref, beginning }) {
    const between = await findBetween(core, caller, 'store.browse', word, ref)
    if (!between.ok) return between.error
    const { grant, group, outside } = between.value
    const { paths, more } = await foreignIn(outside, beginning)
    const steps = await stepsOf(core, group, paths, beginning)
    return { grant, writes: [], answer: () => ({ steps, more }) }
  },
}

async function foreignIn(outside: OutsideStore, beginning: string) {
  const paths: string[] = []
  let after: string | null = null
  do {
    const page = await outside.browse(beginning, after)
    paths.push(...page.items.filter(({ mark }) => mark === null).map(({ path }) => path))
    after = page.next
  } while (after !== null && paths.length <= STEPS_MAX)
  return { paths: paths.slice(0, STEPS_MAX), more: after !== null || paths.length > STEPS_MAX }
}

async function stepsOf(
  core: Core,
  { id, kind }: Group,
  paths: readonly string[],
  beginning: string,
): Promise<readonly ImportStep[]> {
  const named = paths.map((path) => ({ path, name: importName(kind, path, beginning) }))
  const byName = Map.groupBy(named, ({ name }) => name)
  const steps: ImportStep[] = []
  for (const { path, name } of named) {
    if (name === null) steps.push({ path, name, change: 'unnamed' })
    else if (byName.get(name)?.length !== 1) steps.push({ path, name, change: 'clash' })
    else steps.push({ path, name, change: (await isTaken(core, id, name)) ? 'taken' : 'new' })
  }
  return steps
}

const isTaken = async (core: Core, group: Group['id'], name: string): Promise<boolean> =>
  (await core.database.reads.shown(group, name)) !== null

export interface ImportSecret {
  readonly store: string
  readonly group: GroupRef
  /** The store's own name of it. */
  readonly path: string
  readonly name: string
}

/**
 * Makes a secret of a group from the newest value of what somebody else keeps in a store, which stays
 * there as it is. The value is read after this is on the record, with its path.
 */
export const importSecret: Verb<ImportSecret, Secret, 'store.import'> = {
  action: 'store.import',
  async decide(core, caller, { store: word, group: ref, path, name }) {
    const between = await findBetween(core, caller, 'store.import', word, ref)
    if (!between.ok) return between.error
    const { store, group, outside, target } = between.value
    const problems = checkGiven(group.kind, { name })
    if (problems.length > 0) return { fault: { kind: 'invalid', problems }, target }
    if (await isTaken(core, group.id, name)) {
      return { fault: { kind: 'name_taken', thing: 'secret' }, target }
    }
    const there = await outside.look(path)
    if (there === null) return { fault: { kind: 'not_found', thing: 'secret' }, target }
    if (there.mark !== null) {
      const why = 'it belongs to a Strongroom, which alone gives it out'
      return { fault: { kind: 'in_use', thing: 'secret', why }, target }
    }
    const read = { kind: 'store', id: store.id, name: path } as const
    const grant = authorize(caller, 'store.import', { kind: 'account' }, read)
    if (!grant.ok) return { fault: grant.error, target }
    const id = core.newId<'secret'>()
    return {
      grant: grant.value,
      also: [{ kind: 'secret', id, name, version: 1 }],
      writes: [],
      answer: async (receipt) => {
        const value = await outside.peek(receipt, path)
        return adopted(core, receipt, id, group, { name, value })
      },
    }
  },
}

async function adopted(
  core: Core,
  { grant }: Receipt,
  id: Secret['id'],
  group: Group,
  given: { readonly name: string; readonly value: SecretValue },
): Promise<Secret> {
  const { value } = given
  const problems = [
    ...checkGiven(group.kind, { value }),
    ...(await core.stores.problems(group, value)),
  ]
  if (problems.length > 0) {
    throw new StoreFault('rejected', `what it holds cannot be kept here: ${value.size} bytes`)
  }
  const secret = await newSecret(core, grant.caller, id, group, given)
  const version = await newVersion(core, grant, { secret, n: 1 }, value)
  const done = await commitUnseen(core, [
    { write: 'secret', row: secret },
    ...version.writes,
    { write: 'group-size', group: group.id, by: 1 },
  ])
  if (done.kind === 'committed') return secret
  throw new StoreFault('throttled', 'the group was changed meanwhile: import it again')
}

interface Between<A extends Action> {
  readonly store: Store
  readonly outside: OutsideStore
  readonly group: Group
  readonly grant: Grant<A>
  readonly target: Target
}

/** Both ends of an import, for who may see into the store and write into the group. */
async function findBetween<A extends Action>(
  core: Core,
  caller: Caller,
  action: A,
  word: string,
  ref: GroupRef,
): Promise<Result<Between<A>, Refused>> {
  const found = await findStore(core, caller, action, word)
  if (!found.ok) return found
  const { store, grant, target } = found.value
  if (store.config.lent === true && !caller.operator) {
    const needs =
      'a store with a credential of the account’s own: this one was lent by the operator'
    return err({ fault: { kind: 'denied', needs }, target })
  }
  const group = await findGroup(core, caller, ref)
  if (group === null) return err({ fault: { kind: 'not_found', thing: 'group' }, target })
  const resource = { kind: 'group', group, thing: 'group' } as const
  const writing = authorize(caller, 'secret.create', resource, target)
  if (!writing.ok) return err({ fault: writing.error, target })
  const outside = await core.stores.outside(store.account, store.id)
  return ok({ store, outside, group, grant, target })
}
