import type { Named } from '#ports/remote-store.ts'

export interface PathRules {
  /** What stands between the parts. */
  readonly separator: string
  /** Characters that a part may hold beside letters and digits; `_` or `-` is one of them. */
  readonly also: RegExp
  /** The longest path, in characters. */
  readonly limit: number
}

const ID_CHARACTERS = 25

/**
 * The path of a secret: `<prefix> <account> <group> <name> <secret>`. The two ids have a fixed length
 * and hold only what every store takes, whatever it makes of case, so no two secrets share a path;
 * group and name are there for people, and are cut and spelled as the store needs it.
 */
export function pathOf(prefix: string, named: Named, rules: PathRules): string {
  const { account, secret, group, name } = named
  const { separator } = rules
  const fixed = prefix.length + 2 * ID_CHARACTERS + 4 * separator.length
  const room = Math.floor((rules.limit - fixed) / 2)
  const words = [group, name].map((text) => spell(text, rules).slice(0, room))
  return [prefix, account, ...words, secret].join(separator)
}

/** What stands for a character that the store does not take. */
const safe = ({ also }: PathRules): string => (also.test('_') ? '_' : '-')

/** As the store takes it; a part of dots alone would climb in some. */
function spell(text: string, rules: PathRules): string {
  const { also, separator } = rules
  const taken = (one: string) => /[a-zA-Z0-9]/.test(one) || (also.test(one) && one !== separator)
  const spelled = text.replace(/[^]/gu, (one) => (taken(one) ? one : safe(rules)))
  return /^\.*$/.test(spelled) ? safe(rules) : spelled
}
