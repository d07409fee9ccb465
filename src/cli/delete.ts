import { command } from './command.ts'
import { findOwnSecret, groupFlag } from './places.ts'
import { clean, moment } from './text.ts'

export const deleteCommands = {
  delete: command({
    summary: 'Delete a secret and every link to it',
    args: ['NAME'],
    flags: { group: groupFlag },
    more: 'Until it is wiped, `undelete` brings it back. A link is not deleted but taken away: see `unlink`.',
    async run({ vault, show }, { args: [name], flags: { group } }) {
      const client = vault()
      const { id } = await findOwnSecret(client, group, name)
      const made = await client.deleteSecret(id)
      const end =
        made.wipe_at === null ? '' : `; it can be brought back until ${moment(made.wipe_at)}`
      show(made, () => `deleted ${clean(name)}${end}\n`)
    },
  }),
}
