import { GROUP_ROLES, type GroupRole } from '#domain/group.ts'
import { command } from './command.ts'
import { Misuse } from './failure.ts'
import { GROUPS_HELP, groupRef } from './places.ts'
import { clean, table } from './text.ts'

/** A role in a group as it was typed. Throws `Misuse`. */
function readGroupRole(typed: string): GroupRole {
  const role = GROUP_ROLES.find((one) => one === typed)
  if (role === undefined) throw new Misuse(`a role in a group is ${GROUP_ROLES.join(', ')}`)
  return role
}

const whom = {
  takes: 'EMAIL|team:NAME',
  required: true,
  doc: 'A user by e-mail address, a team as team:NAME, or a service account by its name.',
} as const

export const shareCommands = {
  'group share': command({
    summary: 'Give somebody a role in a group, in place of the one they have there',
    args: ['GROUP'],
    flags: {
      with: whom,
      role: {
        takes: 'viewer|editor|admin',
        required: true,
        doc: 'viewer: names only; editor: values too, and changes; admin: also shares and deletes.',
      },
    },
    more: GROUPS_HELP,
    async run({ vault, show }, { args: [word], flags: { with: who, role: typed } }) {
      const role = readGroupRole(typed)
      const client = vault()
      const given = await client.shareGroup(await groupRef(client, word), who, role)
      show(given, () => `${clean(given.name)} is now ${given.role} in ${clean(word)}\n`)
    },
  }),
  'group unshare': command({
    summary: 'Take the role in a group away again; in force at once',
    args: ['GROUP'],
    flags: { with: whom },
    more: GROUPS_HELP,
    async run({ vault, show }, { args: [word], flags: { with: who } }) {
      const client = vault()
      const made = await client.unshareGroup(await groupRef(client, word), who)
      show(made, () => `${clean(word)} is no more shared with ${clean(who)}\n`)
    },
  }),
  'group collaborators': command({
    summary: 'List with whom a group is shared, and in which role',
    args: ['GROUP'],
    flags: {},
    more: GROUPS_HELP,
    async run({ vault, show }, { args: [word] }) {
      const client = vault()
      const all = await client.collaborators(await groupRef(client, word))
      show(all, () =>
        table(
          ['NAME', 'KIND', 'ROLE', 'ID'],
          all.map(({ name, kind, role, id }) => [name, kind, role, id]),
        ),
      )
    },
  }),
}
