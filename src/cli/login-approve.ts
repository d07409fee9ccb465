import { command } from './command.ts'

export const loginApproveCommands = {
  'login approve': command({
    summary: 'Let a client that waits for a login, such as `prime login`, act as you',
    args: ['CODE'],
    flags: {},
    more: 'Only for a login that you began yourself: whoever began it gets a token of yours, which may no more and lives no longer than the one in use here.',
    async run({ vault, show }, { args: [code] }) {
      const made = await vault().approveLogin(code)
      show(made, () => `approved: the client now has the token ${made.id}\n`)
    },
  }),
}
