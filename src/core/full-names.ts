import type { Group } from '#domain/group.ts'
import type { Account } from '#ports/database.ts'

/**
 * Names that say the account too: `<account>:<group>` and `<account>:<group>:<key>`. No group's name
 * and no key in a named group holds a colon, but an account's may: they are read from the right.
 */

export const groupFqn = ({ name }: Account, group: Pick<Group, 'name'>): string =>
  `${name}:${group.name}`

export const secretFqn = (account: Account, group: Pick<Group, 'name'>, key: string): string =>
  `${groupFqn(account, group)}:${key}`

/** The part before the last colon and the one behind it. */
function lastCut(text: string): readonly [string, string] | null {
  const colon = text.lastIndexOf(':')
  return colon < 0 ? null : [text.slice(0, colon), text.slice(colon + 1)]
}

/** The name of the group of this account that a full name is for, or `null`. */
export function groupNamed(account: Account, fqn: string): string | null {
  const [owner, name] = lastCut(fqn) ?? []
  return owner === account.name && name !== undefined ? name : null
}

/** The group and the key of a secret of this account that a full name is for, or `null`. */
export function secretNamed(
  account: Account,
  fqn: string,
): { readonly group: string; readonly key: string } | null {
  const [of, key] = lastCut(fqn) ?? []
  const group = of === undefined ? null : groupNamed(account, of)
  return group === null || key === undefined ? null : { group, key }
}
