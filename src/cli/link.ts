import { command } from './command.ts'
import { Failure } from './failure.ts'
import { findSecret, GROUPS_HELP, groupRef, isLink } from './places.ts'
import { clean } from './text.ts'

export const linkCommands = {
  link: command({
    summary: 'Make a secret of one group visible in another',
    args: ['NAME'],
    flags: {
      from: { takes: 'GROUP', required: true, doc: 'The group that shows it now.' },
      into: { takes: 'GROUP', required: true, doc: 'The group that is to show it too.' },
      as: { takes: 'NAME', doc: 'Its name there. Default: the same.' },
    },
    more: `Whoever may use the other group can then read it there. ${GROUPS_HELP}`,
    async run({ vault, show }, { args: [name], flags: { from, into, as } }) {
      const client = vault()
      const { id } = await findSecret(client, from, name)
      const secret = await client.createLink(await groupRef(client, into), id, as ?? name)
      show(secret, () => `${clean(secret.name)} in ${clean(into)}: a link\n`)
    },
  }),
  unlink: command({
    summary: 'Take a link out of a group; the secret stays where it is',
    args: ['NAME'],
    flags: { group: { takes: 'GROUP', required: true, doc: 'The group with the link.' } },
    more: GROUPS_HELP,
    async run({ vault, show }, { args: [name], flags: { group } }) {
      const client = vault()
      const secret = await findSecret(client, group, name)
      const place = await groupRef(client, group)
      if (!(await isLink(client, place, secret))) {
        throw new Failure('it is no link: it belongs to this group')
      }
      const made = await client.deleteLink(place, secret.id)
      show(made, () => `unlinked ${clean(name)}\n`)
    },
  }),
}
