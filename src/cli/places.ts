import type { StrongroomClient } from '#client/client.ts'
import { ApiError } from '#client/errors.ts'
import type { Group, Secret } from '#client/wire.ts'
import { parseId } from '#domain/ids.ts'
import type { Flag } from './command.ts'
import { Failure, Misuse } from './failure.ts'
import { all, teamId } from './named.ts'

/** The group of a command that names none. */
export const GROUP_DEFAULT = 'secrets'

export const groupFlag = {
  takes: 'GROUP',
  doc: `The group. Default: ${GROUP_DEFAULT}, the account's (names there: lower case, digits, hyphens).`,
} as const satisfies Flag

/** For the help of commands about groups. */
export const GROUPS_HELP =
  'A group is named by `secrets`, `credentials`, `personal`, `team:NAME`, its own name, or its id; an environment by `OWNER/NAME`.'

const OF_TEAM = 'team:'

/** What people call a group, so that `groupRef` finds it again. */
export function groupWord({ kind, name, id }: Group): string {
  if (kind === 'team') return OF_TEAM + name
  if (kind === 'account') return GROUP_DEFAULT
  // Its name is one of its owner's only.
  return kind === 'environment' ? id : name
}

/** A group as the vault takes it: by the words it knows, or the id of a team's group. */
export async function groupRef(client: StrongroomClient, word: string): Promise<string> {
  if (!word.startsWith(OF_TEAM)) return word
  const team = await teamId(client, word.slice(OF_TEAM.length))
  const groups = await all(client.groups())
  const own = groups.find(({ kind, owner }) => kind === 'team' && owner.id === team)
  if (own === undefined) throw new Failure('no such group')
  return own.id
}

/** What `attempt` gives, or `null` when there is no such secret. */
export async function ifThere<T>(attempt: Promise<T>): Promise<T | null> {
  try {
    return await attempt
  } catch (error) {
    if (error instanceof ApiError && error.code === 'not_found') return null
    throw error
  }
}

/** The secret called `word` in a group; a word that no secret there has may be an id. */
export async function findSecret(
  client: StrongroomClient,
  group: string | undefined,
  word: string,
): Promise<Secret> {
  const place = await groupRef(client, group ?? GROUP_DEFAULT)
  try {
    return await client.secretNamed(place, word)
  } catch (error) {
    const byId = group === undefined && parseId(word) !== null
    const found = byId ? await ifThere(client.secret(word)) : null
    if (found === null) throw error
    return found
  }
}

/** The same, where a link will not do: what is done to a secret is for the group it belongs to. */
export async function findOwnSecret(
  client: StrongroomClient,
  group: string | undefined,
  word: string,
): Promise<Secret> {
  const secret = await findSecret(client, group, word)
  const byId = group === undefined && secret.id === word
  const linked = byId
    ? secret.linked
    : await isLink(client, await groupRef(client, group ?? GROUP_DEFAULT), secret)
  if (linked) throw aLink()
  return secret
}

/** Whether `place` shows a secret that belongs to another group, by either sign of it. */
export const isLink = async (
  client: StrongroomClient,
  place: string,
  secret: Secret,
): Promise<boolean> => secret.linked || secret.group !== (await client.group(place)).id

export const aLink = (): Failure =>
  new Failure('in this group it is a link: name the group it belongs to, or use `unlink`')

/** The number of a version as it was typed. Throws `Misuse`. */
export function readVersion(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text)
  throw new Misuse('a version is a number, 1 or more')
}
