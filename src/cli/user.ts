import type { UpdateSubject } from '#client/wire.ts'
import { command, type Context } from './command.ts'
import { showMade } from './made.ts'
import { all, userId } from './named.ts'
import { peopleTable, readRole } from './person.ts'
import { clean } from './text.ts'

async function update({ vault, show }: Context, word: string, patch: UpdateSubject, done: string) {
  const client = vault()
  const user = await client.updatePerson('users', await userId(client, word), patch)
  show(user, () => `${clean(user.email ?? user.name)} ${done}\n`)
}

const USER = 'A user is named by id or e-mail address.'

export const userCommands = {
  'user create': command({
    summary: 'Make a user, with a first token',
    args: [],
    flags: {
      email: { takes: 'EMAIL', required: true, doc: 'The address the user is known by.' },
      role: { takes: 'admin|member', required: true, doc: 'What the user may do.' },
      name: { takes: 'NAME', doc: 'Default: the e-mail address.' },
    },
    async run(context, { flags: { email, role, name } }) {
      const said = { email, role: readRole(role), ...(name === undefined ? {} : { name }) }
      showMade(context, await context.vault().createUser(said))
    },
  }),
  'user list': command({
    summary: 'List the users of the account',
    args: [],
    flags: {},
    async run({ vault, show }) {
      const users = await all(vault().people('users'))
      show(users, () => peopleTable(users))
    },
  }),
  'user role': command({
    summary: 'Change the role of a user',
    args: ['USER', 'ROLE'],
    flags: {},
    more: `${USER} A role is admin or member.`,
    run: (context, { args: [user, role] }) =>
      update(context, user, { role: readRole(role) }, `is now ${role}`),
  }),
  'user suspend': command({
    summary: 'Shut a user out until resumed; in force at once',
    args: ['USER'],
    flags: {},
    more: USER,
    run: (context, { args: [user] }) =>
      update(context, user, { state: 'suspended' }, 'is suspended'),
  }),
  'user resume': command({
    summary: 'Let a suspended user in again',
    args: ['USER'],
    flags: {},
    more: USER,
    run: (context, { args: [user] }) => update(context, user, { state: 'active' }, 'is active'),
  }),
  'user remove': command({
    summary: 'Remove a user for good: its tokens are dead at once',
    args: ['USER'],
    flags: {},
    more: USER,
    async run({ vault, show }, { args: [user] }) {
      const client = vault()
      const made = await client.removePerson('users', await userId(client, user))
      show(made, () => `removed ${made.id}\n`)
    },
  }),
}
