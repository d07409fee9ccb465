import type { Variable } from '#domain/group.ts'
import type { EnvironmentRef } from './environments.ts'
import { readGroup } from './group-verbs.ts'
import { findGroup } from './locate.ts'
import type { Refused, Verb } from './perform.ts'
import type { OpenedSecret } from './read-secret.ts'

/** One thing that a job of an environment is given, under a name that nothing else has. */
export type Injected =
  | { readonly source: 'variable'; readonly name: string; readonly variable: Variable }
  | { readonly source: 'linked' | 'direct'; readonly name: string; readonly secret: OpenedSecret }

/** From the weakest to the strongest: of one name, the last is given. */
const PRECEDENCE = ['variable', 'linked', 'direct'] as const satisfies Injected['source'][]

/** What a job is given of all that its environment holds, by name. Pure. */
export function injected(
  variables: readonly Variable[],
  secrets: readonly OpenedSecret[],
): readonly Injected[] {
  const all: readonly Injected[] = [
    ...variables.map((variable) => ({
      ...{ source: 'variable' as const, name: variable.name, variable },
    })),
    ...secrets.map((secret) => ({
      source: secret.secret.group === secret.via ? ('direct' as const) : ('linked' as const),
      ...{ name: secret.name, secret },
    })),
  ]
  const rank = ({ source }: Injected): number => PRECEDENCE.indexOf(source)
  const given = new Map(all.toSorted((a, b) => rank(a) - rank(b)).map((one) => [one.name, one]))
  return [...given.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/**
 * Reads everything that a job of the environment is given, as `readGroup` reads a group: every
 * secret of it has its own line in the record, also one that another goes before.
 */
export const readInjection: Verb<EnvironmentRef, readonly Injected[], 'group.read'> = {
  action: 'group.read',
  async decide(core, caller, ref) {
    const group = await findGroup(core, caller, ref)
    if (group === null) return { fault: { kind: 'not_found', thing: 'environment' } }
    const decided = await readGroup.decide(core, caller, { by: 'id', id: group.id })
    if ('fault' in decided) return hiddenAsAbsent(decided)
    const variables = await core.database.reads.variables(group.id)
    return {
      ...decided,
      answer: async (receipt) => injected(variables, await decided.answer(receipt)),
    }
  },
}

/** In the words for an environment that is not there: those for a group would tell that this one is. */
const hiddenAsAbsent = (refused: Refused): Refused =>
  refused.fault.kind === 'hidden'
    ? { ...refused, fault: { kind: 'hidden', thing: 'environment' } }
    : refused
