import type { Action } from '#domain/action.ts'
import type { Grant, Receipt } from '#domain/grant.ts'
import { idOf } from '#test/support/places.ts'

/**
 * Proofs that nobody decided and nobody recorded. A store can only be tried by itself with one that
 * is made up, so this is the one place that makes them up; src/ has no such place (only
 * core/authorize.ts makes grants, only core/commit.ts makes receipts).
 */
export function fabricatedGrant<A extends Action>(action: A): Grant<A> {
  const account = idOf<'account'>('2')
  const caller = {
    account,
    subject: {
      id: idOf<'subject'>('7'),
      account,
      kind: 'user',
      role: 'admin',
      name: 'tester',
      email: null,
      state: 'active',
      createdAt: 0,
    },
    token: { id: idOf<'token'>('8'), revision: 1, scopes: null, expiresAt: null },
    authority: 1,
    teams: [],
    operator: false,
  }
  return { action, caller, target: null } as unknown as Grant<A>
}

export const fabricatedReceipt = <A extends Action>(action: A): Receipt<A> =>
  ({ grant: fabricatedGrant(action) }) as unknown as Receipt<A>
