import { command } from './command.ts'
import { findOwnSecret, groupFlag } from './places.ts'
import { clean } from './text.ts'

export const deleteCommands = {
  delete: command({
    summary: 'Delete a secret for good: its values, its versions and every link to it',
    args: ['NAME'],
    flags: { group: groupFlag },
    more: 'A link is not deleted but taken away: see `unlink`.',
    async run({ vault, show }, { args: [name], flags: { group } }) {
      const client = vault()
      const { id } = await findOwnSecret(client, group, name)
      const made = await client.deleteSecret(id)
      show(made, () => `deleted ${clean(name)}\n`)
    },
  }),
}
