import { command } from './command.ts'
import { showMade } from './made.ts'
import { all } from './named.ts'
import { moment, table } from './text.ts'

export const accountCommands = {
  'account create': command({
    summary: 'Make an account, cut off from every other, with an admin of its own',
    args: ['NAME'],
    flags: {},
    more: 'Prints its id and the token of its first admin. For the operators of the vault.',
    async run(context, { args: [name] }) {
      showMade(context, await context.vault().createAccount(name))
    },
  }),
  'account list': command({
    summary: 'List the accounts of this vault',
    args: [],
    flags: {},
    async run({ vault, show }) {
      const accounts = await all(vault().accounts())
      show(accounts, () =>
        table(
          ['ID', 'NAME', 'CREATED'],
          accounts.map(({ id, name, created_at }) => [id, name, moment(created_at)]),
        ),
      )
    },
  }),
}
