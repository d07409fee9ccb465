import { command } from './command.ts'
import { showMade } from './made.ts'
import { all, serviceAccountId } from './named.ts'
import { peopleTable, readRole } from './person.ts'

export const serviceAccountCommands = {
  'service-account create': command({
    summary: 'Make a service account, with a first token',
    args: ['NAME'],
    flags: { role: { takes: 'admin|member', required: true, doc: 'What it may do.' } },
    async run(context, { args: [name], flags: { role } }) {
      const said = { name, role: readRole(role) }
      showMade(context, await context.vault().createServiceAccount(said))
    },
  }),
  'service-account list': command({
    summary: 'List the service accounts of the account',
    args: [],
    flags: {},
    async run({ vault, show }) {
      const accounts = await all(vault().people('service-accounts'))
      show(accounts, () => peopleTable(accounts))
    },
  }),
  'service-account remove': command({
    summary: 'Remove a service account for good: its tokens are dead at once',
    args: ['SERVICE_ACCOUNT'],
    flags: {},
    more: 'A service account is named by id, or by its name if no other has it.',
    async run({ vault, show }, { args: [word] }) {
      const client = vault()
      const id = await serviceAccountId(client, word)
      const made = await client.removePerson('service-accounts', id)
      show(made, () => `removed ${made.id}\n`)
    },
  }),
}
