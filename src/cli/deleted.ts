import type { StrongroomClient } from '#client/client.ts'
import type { DeletedSecret } from '#client/wire.ts'
import { command } from './command.ts'
import { Failure } from './failure.ts'
import { all } from './named.ts'
import { groupRef } from './places.ts'
import { clean, moment, table } from './text.ts'

const NAMED = 'SECRET is the name it had, or its id (see `deleted`).'

/** The deleted secret that `word` names: by its id, or by a name that only one of them had. */
async function findDeleted(client: StrongroomClient, word: string): Promise<DeletedSecret> {
  const known = await all(client.deletedSecrets())
  const found = known.filter(({ id, name }) => id === word || name === word)
  const [only] = found
  if (only === undefined) throw new Failure('no such deleted secret: see `strongroom deleted`')
  if (found.length > 1) {
    throw new Failure('several deleted secrets had this name: use the id that `deleted` shows')
  }
  return only
}

const deleted = command({
  summary: 'List the deleted secrets that can be brought back, and until when',
  args: [],
  flags: {},
  async run({ vault, show }) {
    const secrets = await all(vault().deletedSecrets())
    show(secrets, () =>
      table(
        ['NAME', 'DELETED', 'WIPED AT', 'ID'],
        secrets.map(({ name, deleted_at: at, wipe_at: end, id }) => [
          ...[name, moment(at), moment(end), id],
        ]),
      ),
    )
  },
})

const undelete = command({
  summary: 'Bring a deleted secret back, with all its versions',
  args: ['SECRET'],
  flags: {
    group: { takes: 'GROUP', doc: 'The group to bring it to. Default: the one it was in.' },
    as: { takes: 'NAME', doc: 'Its name there. Default: the one it had.' },
  },
  more: `${NAMED} Links to it stay gone.`,
  async run({ vault, show }, { args: [word], flags: { group, as: name } }) {
    const client = vault()
    const { id } = await findDeleted(client, word)
    const into = group === undefined ? undefined : await groupRef(client, group)
    const secret = await client.undeleteSecret(id, into, name)
    show(secret, () => `brought back ${clean(secret.name)}\n`)
  },
})

const purge = command({
  summary: 'Wipe a deleted secret now, for good',
  args: ['SECRET'],
  flags: {},
  more: NAMED,
  async run({ vault, show }, { args: [word] }) {
    const client = vault()
    const { id } = await findDeleted(client, word)
    const made = await client.purgeSecret(id)
    show(made, () => `wiped ${clean(word)}\n`)
  },
})

export const deletedCommands = { deleted, undelete, purge }
