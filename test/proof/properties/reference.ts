import { readFileSync } from 'node:fs'
import type { Resource } from '#core/authorize.ts'
import type { Action } from '#domain/action.ts'
import { GROUP_ROLES, type Group } from '#domain/group.ts'
import { SCOPES, type Caller } from '#domain/subject.ts'

/** What a caller is told, as far as it matters here. */
export type Decision = 'done' | 'denied' | 'hidden' | 'not_found'

const golden = new URL('../../../src/core/authorize.golden.txt', import.meta.url)

/** A table of the reviewed file: for each action, the columns that say yes. */
function tableOf(number: number, columns: readonly string[]): ReadonlyMap<string, Set<string>> {
  const text = readFileSync(golden, 'utf8').split(`# ${number}. `)[1]?.split('\n#')[0] ?? ''
  const rows = text.split('\n').flatMap((line) => {
    const [action = '', ...signs] = line.split(/ {2,}/)
    if (signs.length !== columns.length || action === '') return []
    return [[action, new Set(columns.filter((_, n) => signs[n] === '✔'))] as const]
  })
  if (rows.length === 0) throw new Error(`the reviewed file has no table ${number}`)
  return new Map(rows)
}

const byScopes = tableOf(2, ['all', ...SCOPES, 'none'])
const byRole = tableOf(3, [...GROUP_ROLES])

const scopesAllow = ({ token: { scopes } }: Caller, action: Action): boolean => {
  const yes = byScopes.get(action) ?? new Set()
  return scopes === null ? yes.has('all') : ['none', ...scopes].some((scope) => yes.has(scope))
}

/** Ways into a group of one's own account, each enough to be an admin there. */
const ownership: readonly ((caller: Caller, group: Group) => boolean)[] = [
  ({ subject }, { owner }) => owner.kind === 'account' && subject.role === 'admin',
  (_caller, { owner, open }) => owner.kind === 'account' && open,
  ({ subject }, { owner }) => owner.kind === 'subject' && owner.id === subject.id,
  ({ subject }, { owner }) => owner.kind === 'team' && subject.role === 'admin',
  ({ teams }, { owner, open }) =>
    owner.kind === 'team' && open && teams.some((id) => id === owner.id),
]

function inGroup(caller: Caller, action: Action, group: Group): Decision {
  if (group.account !== caller.account || group.kind === 'tokens') return 'not_found'
  const owns = ownership.some((way) => way(caller, group))
  const role = owns ? 'admin' : caller.roles.get(group.id)
  if (role === undefined) return 'hidden'
  // Actions that are about no group are in no table of roles: an editor may them, a viewer what lists.
  const lists =
    byScopes.get(action)?.has('list') === true && byScopes.get(action)?.has('none') !== true
  const roles = byRole.get(action) ?? otherwise(action, lists)
  return roles.has(role) && mayMove(caller, action, group) ? 'done' : 'denied'
}

/** Where values are kept is said by an admin of the account, or by whose own the group is. */
const mayMove = ({ subject }: Caller, action: Action, { owner }: Group): boolean =>
  action !== 'store.move' ||
  subject.role === 'admin' ||
  (owner.kind === 'subject' && owner.id === subject.id)

const ADMINS_ONLY = new Set(['store.move'])

function otherwise(action: Action, lists: boolean): ReadonlySet<string> {
  if (ADMINS_ONLY.has(action)) return new Set(['admin'])
  return new Set(lists ? GROUP_ROLES : ['editor', 'admin'])
}

function reached(caller: Caller, action: Action, resource: Resource): Decision {
  const admin = caller.subject.role === 'admin'
  if (resource.kind === 'self') return 'done'
  if (resource.kind === 'account') return admin ? 'done' : 'denied'
  if (resource.kind === 'installation') return admin && caller.operator ? 'done' : 'denied'
  if (resource.kind === 'group') return inGroup(caller, action, resource.group)
  if (admin) return 'done'
  const own = resource.kind === 'subject' ? [caller.subject.id] : caller.teams
  return own.some((id) => id === resource.id) ? 'done' : 'not_found'
}

/** What should be decided. First what is reached, then what the token may: a refusal always wins. */
export function expected(caller: Caller, action: Action, resource: Resource): Decision {
  const first = reached(caller, action, resource)
  if (first !== 'done') return first
  return scopesAllow(caller, action) ? 'done' : 'denied'
}
