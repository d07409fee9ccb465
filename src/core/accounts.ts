import type { AccountId } from '#domain/ids.ts'
import type { SecretValue } from '#domain/secret-value.ts'
import type { Caller } from '#domain/subject.ts'
import type { Account } from '#ports/database.ts'
import { authorize } from './authorize.ts'
import { newAccount } from './founding.ts'
import type { PageOfAll } from './list-groups.ts'
import type { Verb } from './perform.ts'
import { titleProblem } from './titles.ts'

export interface NewAccount {
  readonly id: AccountId
  /** The token of its first admin; seen once. */
  readonly token: SecretValue
}

/** Makes an account, cut off from every other, with an admin of its own. */
export const createAccount: Verb<{ readonly name: string }, NewAccount, 'account.create'> = {
  action: 'account.create',
  async decide(core, caller, { name }) {
    const allowed = authorize(caller, 'account.create', { kind: 'installation' }, null)
    if (!allowed.ok) return { fault: allowed.error }
    const problem = titleProblem(name, ['body', 'name'])
    if (problem !== null) return { fault: { kind: 'invalid', problems: [problem] } }
    const { made, token, writes } = await newAccount(core, name)
    const target = { kind: 'account', id: made.id, name } as const
    const grant = authorize(caller, 'account.create', { kind: 'installation' }, target)
    if (!grant.ok) return { fault: grant.error }
    return { grant: grant.value, writes, answer: () => ({ id: made.id, token }) }
  },
}

export const listAccounts: Verb<
  PageOfAll,
  { readonly items: readonly Account[]; readonly more: boolean },
  'account.list'
> = {
  action: 'account.list',
  async decide(core, caller, { after, limit }) {
    const grant = authorize(caller, 'account.list', { kind: 'installation' }, null)
    if (!grant.ok) return { fault: grant.error }
    const rows = await core.database.reads.accounts({ after, limit: limit + 1 })
    const list = { items: rows.slice(0, limit), more: rows.length > limit }
    return { grant: grant.value, writes: [], answer: () => list }
  },
}

export interface Self {
  readonly caller: Caller
  readonly account: Account
  /** The caller's own; `null` without one. */
  readonly slug: string | null
}

export const whoami: Verb<null, Self, 'whoami'> = {
  action: 'whoami',
  fresh: () => true,
  async decide(core, caller) {
    const grant = authorize(caller, 'whoami', { kind: 'self' }, null)
    if (!grant.ok) return { fault: grant.error }
    const account = await core.database.reads.account(caller.account)
    if (account === null) return { fault: { kind: 'not_found', thing: 'account' } }
    const slug = await core.database.reads.slugOf(caller.subject.id)
    return { grant: grant.value, writes: [], answer: () => ({ caller, account, slug }) }
  },
}
