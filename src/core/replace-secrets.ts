import type { Target } from '#domain/audit.ts'
import type { Fault, Problem } from '#domain/fault.ts'
import type { Grant } from '#domain/grant.ts'
import type { Group } from '#domain/group.ts'
import { err, ok, type Result } from '#domain/result.ts'
import type { SecretValue } from '#domain/secret-value.ts'
import type { SecretRead, Shown, Write } from '#ports/database.ts'
import { authorize } from './authorize.ts'
import { changed } from './change-secret.ts'
import { checkGiven } from './check-secret.ts'
import type { Core } from './core.ts'
import { newVersion } from './write-value.ts'
import { removeSecret } from './delete-secret.ts'
import { contentsOf, entriesOf, type GroupContents } from './group-contents.ts'
import { findGroup, groupTarget, secretTarget } from './locate.ts'
import { addedSecret, checkMany, checkValues, inList, type GivenSecret } from './many-secrets.ts'
import type { Verb } from './perform.ts'

export interface ReplaceSecrets {
  readonly id: string
  /** All that the group is to hold. */
  readonly secrets: readonly GivenSecret[]
}

const missing: Fault = { kind: 'not_found', thing: 'group' }

/** What becomes of one entry: its lines in the record, its rows, and by how much the group grows. */
interface Step {
  readonly also: readonly Target[]
  readonly writes: readonly Write[]
  readonly by: number
}

const nothing: Step = { also: [], writes: [], by: 0 }

/**
 * Makes the secrets of a named group those that are given: a value that is another than the current
 * one becomes a new version, one that is not given stays, and what is not listed goes. Two changes of
 * this kind never mix.
 */
export const replaceSecrets: Verb<ReplaceSecrets, GroupContents, 'group.replace'> = {
  action: 'group.replace',
  async decide(core, caller, { id, secrets }) {
    const group = await findGroup(core, caller, { by: 'id', id, among: 'named' })
    if (group === null) return { fault: missing }
    const target = groupTarget(group)
    const resource = { kind: 'group', group, thing: 'group' } as const
    const grant = authorize(caller, 'group.replace', resource, target)
    if (!grant.ok) return { fault: grant.error, target }
    const state = await core.database.reads.groupState(group.id)
    if (state === null) return { fault: missing }
    const steps = await stepsOf(core, grant.value, group, secrets)
    if (!steps.ok) return { fault: steps.error, target }
    const also = steps.value.flatMap((step) => step.also)
    const by = steps.value.reduce((sum, step) => sum + step.by, 0)
    return {
      grant: grant.value,
      also,
      writes: [
        { write: 'changed-group', id: group.id, revision: state.revision, at: core.world.now() },
        ...steps.value.flatMap((step) => step.writes),
        ...(by === 0 ? [] : [{ write: 'group-size', group: group.id, by } as const]),
      ],
      answer: () => {
        for (const one of also) core.secrets.forgetId(one.id)
        return contentsOf(core, caller, group)
      },
    }
  },
}

async function stepsOf(
  core: Core,
  grant: Grant,
  group: Group,
  given: readonly GivenSecret[],
): Promise<Result<readonly Step[], Fault>> {
  const entries = new Map((await entriesOf(core, group)).map((entry) => [entry.name, entry]))
  const problems = [
    ...checkMany(group, given),
    ...(await checkValues(core, group, given)),
    ...missingIn(given, entries),
  ]
  if (problems.length > 0) return err({ kind: 'invalid', problems })
  const steps: Step[] = []
  for (const [n, one] of given.entries()) {
    const entry = entries.get(one.name)
    const step = await stepOf(core, grant, group, entry, one)
    if (!step.ok) return err(placed(step.error, n))
    steps.push(step.value)
    entries.delete(one.name)
  }
  for (const entry of entries.values()) steps.push(await removal(core, grant, entry))
  return ok(steps)
}

/** An empty list would delete all: nobody means that. And a new secret needs a value. */
function missingIn(
  given: readonly GivenSecret[],
  entries: ReadonlyMap<string, Shown>,
): readonly Problem[] {
  if (given.length === 0) return [{ at: ['body', 'secrets'], rule: 'too_short', limit: 1 }]
  return given.flatMap(({ name, value }, n) =>
    value === null && !entries.has(name)
      ? [inList({ at: ['body', 'value'], rule: 'missing' }, n)]
      : [],
  )
}

const placed = (fault: Fault, n: number): Fault =>
  fault.kind === 'invalid'
    ? { ...fault, problems: fault.problems.map((problem) => inList(problem, n)) }
    : fault

/** What one listed secret comes to. */
async function stepOf(
  core: Core,
  grant: Grant,
  group: Group,
  entry: Shown | undefined,
  { name, value, json }: GivenSecret,
): Promise<Result<Step, Fault>> {
  if (value === null) return ok(nothing)
  if (entry === undefined) {
    const { secret, writes } = await addedSecret(core, grant, group, { name, value })
    return ok({ also: [secretTarget(secret, 1)], writes, by: 1 })
  }
  const { account } = group
  const read = await core.database.reads.secretAndVersion(account, entry.secret.id)
  if (read === null) return err(missing)
  if (await isCurrent(core, grant, read, value)) return ok(nothing)
  if (entry.link !== null) {
    const needs = 'the group that a linked secret belongs to: here its value cannot be changed'
    return err({ kind: 'denied', needs })
  }
  const problems = checkGiven(group.kind, { type: read.secret.type, value, json })
  if (problems.length > 0) return err({ kind: 'invalid', problems })
  return ok(await change(core, grant, read, value))
}

/** Whether a secret has this value already. */
async function isCurrent(
  core: Core,
  grant: Grant,
  { secret, version }: SecretRead,
  value: SecretValue,
): Promise<boolean> {
  if (version?.state !== 'live') return false
  const place = { installation: core.installation.id, secret, n: version.n }
  const store = await core.stores.of(secret.account, version.sealed.store)
  return store.holds(grant, place, version.sealed, value)
}

async function change(
  core: Core,
  grant: Grant,
  { secret }: SecretRead,
  value: SecretValue,
): Promise<Step> {
  const n = secret.latest + 1
  const row = await changed(core, grant.caller, secret, { current: n, latest: n })
  const { writes } = await newVersion(core, grant, { secret, n }, value)
  return {
    also: [secretTarget(row, n)],
    writes: [{ write: 'changed-secret', row }, ...writes],
    by: 0,
  }
}

/** Takes away what is not listed: a secret of the group itself, or only the link to another's. */
async function removal(core: Core, grant: Grant, { secret: info, link }: Shown): Promise<Step> {
  const also = [secretTarget(info)]
  if (link !== null) {
    const write = { write: 'removed-link', id: link.id, at: core.world.now() } as const
    return { also, writes: [write], by: -1 }
  }
  const secret = await core.database.reads.secret(info.account, info.id)
  if (secret === null) return nothing
  return { also, writes: await removeSecret(core, grant.caller, secret), by: -1 }
}
