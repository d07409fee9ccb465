import type { Action } from '#domain/action.ts'
import type { Route } from '#dialects/dialect.ts'
import type { Api } from '#test/support/api.ts'
import { settle, type Estate } from '#test/support/estate.ts'
import type { House } from '#test/support/house.ts'
import { personalJwt, personalToken, virtualAccount } from './nobodies.ts'

/** Somebody with a good token, all of it in another account than the one that is asked about. */
export interface Outsider {
  readonly api: Api
  readonly mine: Estate
}

/** What belongs to no account but to the installation, and so to its operator. */
const OPERATORS: ReadonlySet<Action> = new Set<Action>([
  ...(['account.create', 'account.list', 'audit.verify', 'key.rewrap', 'key.rotate'] as const),
])

export const isOwnRight = ({ action }: Route, { mine }: Outsider): boolean =>
  mine.name === OPERATOR && OPERATORS.has(action)

const OPERATOR = 'main'

/** Outsiders by what they are. The operator's own account is `main`. */
export async function outsidersIn(house: House): Promise<ReadonlyMap<string, Outsider>> {
  const mine = await settle(await house.tenant())
  const main = await settle({ id: house.server.accountId, name: OPERATOR, admin: house.operator })
  const as = (token: string) => mine.admin.as(token)
  const virtual = await virtualAccount(mine.admin, `o-${mine.mark}`)
  return new Map([
    ['an admin of another account', { api: mine.admin, mine }],
    ['the operator', { api: main.admin, mine: main }],
    ['a member of another account', { api: as(mine.userToken), mine }],
    ['a service account of another account', { api: as(mine.serviceToken), mine }],
    ['a virtual account of another account', { api: as(virtual.token), mine }],
    ['a token for a user of another account', { api: as(await personalToken(mine, 'one')), mine }],
    ['a JWT of another account', { api: as(await personalJwt(mine, 'two')), mine }],
  ])
}
