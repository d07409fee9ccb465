import type { GroupKind } from '#domain/group.ts'
import { nameProblem, nameRules } from '#domain/names.ts'

/** How what a name in such a group may not hold is spelled there; what is kept comes out as it is. */
const spellings: Readonly<Record<GroupKind, (said: string) => string>> = {
  account: (said) => said.toLowerCase().replace(/[^a-z0-9]+/g, '-'),
  credentials: (said) => said.replace(/\p{Cc}/gu, '_'),
  environment: asVariable,
  personal: asVariable,
  team: asVariable,
  tokens: (said) => said.replace(/\p{Cc}/gu, '_'),
  named: (said) => said.replace(/[\p{Cc}:/]/gu, '.'),
}

function asVariable(said: string): string {
  return said.toUpperCase().replace(/[^A-Z0-9]+/g, '_')
}

/**
 * The name in a group of this kind for what is at `path` in another store: what comes after the last
 * sign of `beginning` that parts words, as the group spells it; `null` where nothing is left to call it.
 */
export function importName(kind: GroupKind, path: string, beginning: string): string | null {
  const taken = /^.*[^\p{L}\p{N}]/su.exec(beginning)?.[0] ?? ''
  const said = path.startsWith(taken) ? path.slice(taken.length) : path
  const name = trimmed(kind, spellings[kind](said.replace(/^\/+/, ''))).slice(
    0,
    nameRules[kind].max,
  )
  return nameProblem(kind, trimmed(kind, name), []) === null ? trimmed(kind, name) : null
}

const trimmed = (kind: GroupKind, name: string): string => {
  if (kind === 'account') return name.replace(/^-+|(?<!-)-+$/g, '')
  return spellings[kind] === asVariable ? name.replace(/^[_0-9]+|(?<!_)_+$/g, '') : name
}
