import type { StrongroomClient } from '#client/client.ts'
import { parseId } from '#domain/ids.ts'
import { Failure } from './failure.ts'

/** Everything of a list that is read page by page. */
export const all = <T>(list: AsyncIterable<T>): Promise<T[]> => Array.fromAsync(list)

/**
 * The id of the one thing in `list` that is called `word`, whatever its case; a word that has the
 * shape of an id is taken for one. Throws `Failure` when none or several are called so.
 */
export async function idOf<T extends { readonly id: string }>(
  word: string,
  thing: string,
  list: () => AsyncIterable<T>,
  names: (one: T) => readonly (string | null)[],
): Promise<string> {
  if (parseId(word) !== null) return word
  const wanted = word.toLowerCase()
  const found = (await all(list())).filter((one) =>
    names(one).some((name) => name?.toLowerCase() === wanted),
  )
  const [first, second] = found
  if (first === undefined) throw new Failure(`no such ${thing}`)
  if (second !== undefined) throw new Failure(`several are called so: name the ${thing} by its id`)
  return first.id
}

export const teamId = (client: StrongroomClient, word: string): Promise<string> =>
  idOf(
    word,
    'team',
    () => client.teams(),
    ({ name }) => [name],
  )

export const userId = (client: StrongroomClient, word: string): Promise<string> =>
  idOf(
    word,
    'user',
    () => client.people('users'),
    ({ email }) => [email],
  )

export const serviceAccountId = (client: StrongroomClient, word: string): Promise<string> =>
  idOf(
    word,
    'service account',
    () => client.people('service-accounts'),
    ({ name }) => [name],
  )

/** What people call the stores of these groups, by their ids; the embedded one has no other name. */
export async function storeNames(
  client: StrongroomClient,
  groups: readonly { readonly store: string }[],
): Promise<(store: string) => string> {
  if (groups.every(({ store }) => store === 'embedded')) return (store) => store
  const names = new Map((await client.stores()).map(({ id, name }) => [id, name]))
  return (store) => names.get(store) ?? store
}
