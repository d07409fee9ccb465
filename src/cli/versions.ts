import type { Version } from '#client/wire.ts'
import { command, type Context } from './command.ts'
import { all } from './named.ts'
import { findOwnSecret, findSecret, groupFlag, readVersion } from './places.ts'
import { clean, moment, table } from './text.ts'

const rows = (versions: readonly Version[]) =>
  versions.map(({ version, state, current, created_at, created_by, deleted_at }) => [
    ...[String(version), current ? 'current' : state, moment(created_at)],
    ...[`${created_by.kind.replace('_', ' ')} ${created_by.id}`, moment(deleted_at)],
  ])

const args = ['NAME', 'N'] as const
const flags = { group: groupFlag } as const

interface Asked {
  readonly args: readonly [string, string]
  readonly flags: { readonly group: string | undefined }
}

async function change(
  { vault, show }: Context,
  { args: [name, number], flags: { group } }: Asked,
  verb: 'activateVersion' | 'deleteVersion' | 'undeleteVersion',
  done: string,
): Promise<void> {
  const n = readVersion(number)
  const client = vault()
  const { id } = await findOwnSecret(client, group, name)
  const changed = await client[verb](id, n)
  show(changed, () => `version ${n} of ${clean(name)} is ${done}\n`)
}

export const versionCommands = {
  versions: command({
    summary: 'List the versions of a secret, newest first',
    args: ['NAME'],
    flags,
    async run({ vault, show }, { args: [name], flags: { group } }) {
      const client = vault()
      const { id } = await findSecret(client, group, name)
      const versions = await all(client.versions(id))
      show(versions, () => table(['VERSION', 'STATE', 'CREATED', 'BY', 'DELETED'], rows(versions)))
    },
  }),
  activate: command({
    summary: 'Make a version of a secret the current one',
    ...{ args, flags },
    run: (context, asked) => change(context, asked, 'activateVersion', 'the current one'),
  }),
  'version delete': command({
    summary: 'Delete a version that is not the current one, so that it can come back',
    ...{ args, flags },
    run: (context, asked) => change(context, asked, 'deleteVersion', 'deleted'),
  }),
  'version undelete': command({
    summary: 'Bring a deleted version back',
    ...{ args, flags },
    run: (context, asked) => change(context, asked, 'undeleteVersion', 'live again'),
  }),
}
