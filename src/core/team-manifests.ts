import type { Fault } from '#domain/fault.ts'
import { err, ok, type Result } from '#domain/result.ts'
import type { Caller, Subject } from '#domain/subject.ts'
import type { Member, Team, Write } from '#ports/database.ts'
import { authorize } from './authorize.ts'
import type { Core } from './core.ts'
import { serviceAccountCalled, teamById, teamCalled, userCalled } from './find-people.ts'
import { everyMember } from './everyone.ts'
import { ownGroup } from './founding.ts'
import { notOwn, type OwnNames } from './own-names.ts'
import type { Decision, Verb } from './perform.ts'
import type { Described, Put } from './put.ts'
import { freeSlug } from './slugs.ts'
import { viewTeam, type TeamView } from './team-views.ts'
import { removing, teamTarget } from './teams.ts'
import { titleProblem } from './titles.ts'

export interface PutTeam extends Described {
  /** All that are to be in it, by e-mail address or by name. */
  readonly members: readonly string[]
  /** Those of them who manage it; they are members without being named as such. */
  readonly managers: readonly string[]
  readonly named: OwnNames
}

type Putting = 'team.create' | 'team.update'

/** Who is to be in a team, and whether as its manager. */
type People = ReadonlyMap<Subject['id'], { readonly subject: Subject; readonly manager: boolean }>

/**
 * Makes a team by its name with just these people, or gives them to the one of that name. Anybody
 * makes one; it takes a manager of the team, or an admin, to change it so.
 */
export const putTeam: Verb<PutTeam, Put<TeamView>, Putting> = {
  action: 'team.update',
  async decide(core, caller, input) {
    const allowed = authorize(caller, 'team.update', { kind: 'self' }, null)
    if (!allowed.ok) return { fault: allowed.error }
    const existing = await teamCalled(core, caller, input.name)
    const reachable = existing === null || canReach(caller, existing)
    if (!reachable) return { fault: { kind: 'hidden', thing: 'team' }, target: null }
    const problem = titleProblem(input.name, ['body', 'manifest', 'name'])
    if (problem !== null) return { fault: { kind: 'invalid', problems: [problem] } }
    const foreign = await notOwn(core, await core.people.account(caller), 'team', input.named)
    if (foreign !== null) return { fault: foreign, target: existing && teamTarget(existing) }
    const people = await findPeople(core, caller, input)
    if (!people.ok) return { fault: people.error, target: existing && teamTarget(existing) }
    return existing === null
      ? create(core, caller, input, people.value)
      : update(core, caller, existing, input, people.value)
  },
}

const canReach = (caller: Caller, { id }: Team): boolean =>
  authorize(caller, 'team.update', { kind: 'team', id }, null).ok

async function findPeople(
  core: Core,
  caller: Caller,
  { members, managers }: PutTeam,
): Promise<Result<People, Fault>> {
  const found = new Map<Subject['id'], { subject: Subject; manager: boolean }>()
  for (const name of new Set([...managers, ...members])) {
    const subject =
      (await userCalled(core, caller, name)) ?? (await serviceAccountCalled(core, caller, name))
    if (subject === null) return err({ kind: 'not_found', thing: 'member' })
    const manager = managers.includes(name) || found.get(subject.id)?.manager === true
    found.set(subject.id, { subject, manager })
  }
  return ok(found)
}

type Decided = Promise<Decision<Putting, Put<TeamView>>>

const asMembers = (people: People, at: number): readonly Member[] =>
  [...people.values()].map((one) => ({ ...one, addedAt: at }))

async function create(core: Core, caller: Caller, input: PutTeam, people: People): Decided {
  const { account, subject } = caller
  const { name, manifest, dryRun } = input
  const at = core.world.now()
  const team: Team = { id: core.newId(), account, name, createdAt: at, createdBy: subject.id }
  const { id } = team
  const target = dryRun ? null : teamTarget(team)
  const grant = authorize(caller, 'team.create', { kind: 'self' }, target)
  if (!grant.ok) return { fault: grant.error }
  const members = asMembers(people, at)
  const owner = { kind: 'team', id } as const
  const store = await core.database.reads.defaultStore(account)
  const own = ownGroup(core, 'team', { name, owner, account, by: subject.id, store })
  const data: TeamView = {
    ...{ team, account: await core.people.account(caller), madeBy: subject },
    ...{ manifest, updatedAt: own.row.createdAt, members },
  }
  const slug = await freeSlug(core.database.reads, account, name, id)
  const writes: readonly Write[] = [
    { write: 'team', row: team },
    ...members.map((one) => joining(team, one, at)),
    own,
    ...(slug === null ? [] : [{ write: 'slug', account, owner: id, slug } as const]),
    { write: 'manifest', of: id, body: manifest },
  ]
  return {
    grant: grant.value,
    also: dryRun ? [] : members.map(memberTarget),
    writes: dryRun ? [] : writes,
    answer: () => ({ action: 'CREATE', existing: null, data }),
  }
}

const memberTarget = ({ subject: { id, name, email } }: Member) =>
  ({ kind: 'subject', id, name: email ?? name }) as const

const joining = (team: Team, { subject, manager }: Member, at: number): Write => ({
  write: 'member',
  ...{ team: team.id, subject: subject.id, at, manager },
})

async function update(
  core: Core,
  caller: Caller,
  team: Team,
  { manifest, dryRun }: PutTeam,
  people: People,
): Decided {
  const target = teamTarget(team)
  const grant = authorize(caller, 'team.update', { kind: 'team', id: team.id }, target)
  if (!grant.ok) return { fault: grant.error, target }
  const before = await viewTeam(core, caller, team)
  const unfit = unlessManager(caller, before.members)
  if (unfit !== null) return { fault: unfit, target }
  const at = core.world.now()
  const members = asMembers(people, at)
  const data = { ...before, manifest, updatedAt: at, members }
  const put = { action: 'UPDATE', existing: before.manifest, data } as const
  if (dryRun) return { grant: grant.value, writes: [], answer: () => put }
  const { changed, writes } = moving(team, before.members, people, at)
  return {
    grant: grant.value,
    also: changed.map(memberTarget),
    writes: [
      ...(await alone(core, team, at)),
      ...writes,
      { write: 'manifest', of: team.id, body: manifest },
    ],
    answer: () => put,
  }
}

function unlessManager(
  { subject: { id, role } }: Caller,
  members: readonly Member[],
): Fault | null {
  const manages = members.some(({ subject, manager }) => manager && subject.id === id)
  return manages || role === 'admin' ? null : { kind: 'denied', needs: 'a manager of the team' }
}

/** What makes a team of these people the team of those, and whom it is about. */
function moving(
  team: Team,
  before: readonly Member[],
  people: People,
  at: number,
): { readonly changed: readonly Member[]; readonly writes: readonly Write[] } {
  const were = new Map(before.map((one) => [one.subject.id, one]))
  const left = before.filter(({ subject }) => !people.has(subject.id))
  const joined = asMembers(people, at).filter(({ subject }) => !were.has(subject.id))
  const turned = asMembers(people, at).filter(
    ({ subject, manager }) => were.get(subject.id)?.manager === !manager,
  )
  const taken = left.length > 0 || turned.some(({ manager }) => !manager)
  return {
    changed: [...left, ...joined, ...turned],
    writes: [
      ...left.map(({ subject }): Write => ({
        write: 'removed-member',
        team: team.id,
        subject: subject.id,
      })),
      ...joined.map((one) => joining(team, one, at)),
      ...turned.map(({ subject, manager }): Write => ({
        write: 'changed-member',
        ...{ team: team.id, subject: subject.id, manager },
      })),
      ...(taken ? [{ write: 'raise-authority', account: team.account } as const] : []),
    ],
  }
}

/** Two changes to one team must not mix: its own group's revision stands for it. */
async function alone(core: Core, { id }: Team, at: number): Promise<readonly Write[]> {
  const group = await core.groups.own('team', id)
  const state = group && (await core.database.reads.groupState(group.id))
  if (group === null || state === null) throw new Error('a team has no group')
  const { revision } = state
  return [{ write: 'changed-group', id: group.id, revision, at }]
}

export type TeamNamed =
  { readonly by: 'id'; readonly id: string } | { readonly by: 'name'; readonly name: string }

/** Removes a team as `deleteTeam` does, by a manager of it or an admin. */
export const deleteManagedTeam: Verb<TeamNamed, { readonly id: string }, 'team.delete'> = {
  action: 'team.delete',
  async decide(core, caller, ref) {
    const team =
      ref.by === 'id'
        ? await teamById(core, caller, ref.id)
        : await teamCalled(core, caller, ref.name)
    if (team === null) return { fault: { kind: 'not_found', thing: 'team' } }
    const target = teamTarget(team)
    const grant = authorize(caller, 'team.delete', { kind: 'team', id: team.id }, target)
    if (!grant.ok) return { fault: grant.error, target }
    const unfit = unlessManager(caller, await everyMember(core, team.id))
    if (unfit !== null) return { fault: unfit, target }
    return removing(core, { team, grant: grant.value })
  },
}
