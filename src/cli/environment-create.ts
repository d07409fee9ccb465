import type { Environment } from '#client/wire.ts'
import { command } from './command.ts'
import { all, teamId } from './named.ts'
import { clean, moment, table } from './text.ts'

/** For the help of commands about environments. */
export const ENVIRONMENTS_HELP = 'An environment is named by OWNER/NAME, or by its id.'

const slugOf = ({ owner, name }: Environment): string => `${owner}/${name}`

/** An environment's name and, before a slash, the slug of its owner. */
function readName(word: string): { name: string; owner?: string } {
  const slash = word.indexOf('/')
  return slash < 0 ? { name: word } : { owner: word.slice(0, slash), name: word.slice(slash + 1) }
}

export const environmentCommands = {
  'environment create': command({
    summary: 'Make an environment: what a running job is given',
    args: ['NAME'],
    flags: {},
    more: 'NAME alone is yours; OWNER/NAME is that of the user or the team with the slug OWNER (see `slug set`).',
    async run({ vault, show }, { args: [word] }) {
      const made = await vault().createEnvironment(readName(word))
      show(made, () => `${clean(slugOf(made))}\n`)
    },
  }),
  'environment list': command({
    summary: 'List the environments you may use',
    args: [],
    flags: {},
    async run({ vault, show }) {
      const found = await all(vault().environments())
      show(found, () =>
        table(
          ['ENVIRONMENT', 'OWNER', 'VISIBILITY', 'CREATED', 'ID'],
          found.map((one) => [
            ...[slugOf(one), one.owner_kind, one.visibility, moment(one.created_at), one.id],
          ]),
        ),
      )
    },
  }),
  'environment delete': command({
    summary: 'Delete an environment with its secrets and variables; what it links to stays',
    args: ['ENVIRONMENT'],
    flags: {},
    more: ENVIRONMENTS_HELP,
    async run({ vault, show }, { args: [word] }) {
      const made = await vault().deleteEnvironment(word)
      show(made, () => `deleted ${clean(word)}\n`)
    },
  }),
  'slug set': command({
    summary: 'Set the slug by which your environments, or those of a team, are addressed',
    args: ['SLUG'],
    flags: { team: { takes: 'TEAM', doc: 'The team, by name or id. Default: yourself.' } },
    more: 'A slug has 3 to 30 lower-case letters, digits and hyphens. The one before it is free for others at once.',
    async run({ vault, show }, { args: [slug], flags: { team } }) {
      const client = vault()
      const id = team === undefined ? undefined : await teamId(client, team)
      const set = await client.setSlug(slug, id)
      show(set, () => `${set.slug}\n`)
    },
  }),
}
