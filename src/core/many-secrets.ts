import type { Problem } from '#domain/fault.ts'
import type { Grant } from '#domain/grant.ts'
import type { Group } from '#domain/group.ts'
import { BATCH_SECRETS_MAX } from '#domain/limits.ts'
import type { Secret } from '#domain/secret.ts'
import type { SecretValue } from '#domain/secret-value.ts'
import type { Write } from '#ports/database.ts'
import { checkGiven } from './check-secret.ts'
import type { Core } from './core.ts'
import { newSecret } from './create-secret.ts'
import { newVersion } from './write-value.ts'

/** One of several secrets that are given together. */
export interface GivenSecret {
  readonly name: string
  /** `null` for the one it has. */
  readonly value: SecretValue | null
  /** Tells whether the value is JSON text; asked only where that matters. */
  readonly json: () => boolean
}

const listAt = ['body', 'secrets']

/** What is wrong with a list of secrets, as far as that does not hang on what is there. */
export function checkMany(
  { kind }: Pick<Group, 'kind'>,
  given: readonly GivenSecret[],
): readonly Problem[] {
  const limit = BATCH_SECRETS_MAX
  if (given.length > limit) {
    return [{ at: listAt, rule: 'too_long', limit, unit: 'items' }]
  }
  const seen = new Set<string>()
  return given.flatMap(({ name, value }, n): readonly Problem[] => {
    const twice = seen.has(name)
    seen.add(name)
    if (twice) return [{ at: [...listAt, n, 'name'], rule: 'duplicate' }]
    const problems = checkGiven(kind, { name, value: value ?? undefined })
    return problems.map((problem) => inList(problem, n))
  })
}

/** What the store of a group would not take of the values in a list. */
export async function checkValues(
  core: Core,
  group: Group,
  given: readonly GivenSecret[],
): Promise<readonly Problem[]> {
  const problems = given.map(async ({ value }, n) =>
    (await core.stores.problems(group, value ?? undefined)).map((problem) => inList(problem, n)),
  )
  return (await Promise.all(problems)).flat()
}

/** A problem of one secret as one of the `n`th of a list. */
export const inList = (problem: Problem, n: number): Problem => ({
  ...problem,
  at: [...listAt, n, ...problem.at.slice(1)],
})

export interface AddedSecret {
  readonly secret: Secret
  readonly writes: readonly Write[]
}

/** A new secret of `group` with its first version; the size of the group is the caller's to write. */
export async function addedSecret(
  core: Core,
  grant: Grant,
  group: Group,
  given: { readonly name: string; readonly value: SecretValue },
): Promise<AddedSecret> {
  const id = core.newId<'secret'>()
  const secret = await newSecret(core, grant.caller, id, group, given)
  const { writes } = await newVersion(core, grant, { secret, n: 1 }, given.value)
  return { secret, writes: [{ write: 'secret', row: secret }, ...writes] }
}
