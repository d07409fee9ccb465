import type { Group, Secret } from '#client/wire.ts'
import { command } from './command.ts'
import { all } from './named.ts'
import { GROUPS_HELP, groupRef, groupWord } from './places.ts'
import { moment, table } from './text.ts'

const kindOf = ({ linked, file }: Secret): string => (linked ? 'link' : file ? 'file' : 'secret')

function rows(secrets: readonly Secret[], groups: ReadonlyMap<string, Group>) {
  return secrets.map((secret) => {
    const group = groups.get(secret.group)
    const word = group === undefined ? secret.group : groupWord(group)
    return [
      ...[word, secret.name, kindOf(secret), String(secret.version), secret.type ?? '-'],
      ...[moment(secret.updated_at), secret.id],
    ]
  })
}

const list = command({
  summary: 'List the secrets you may see, in every group',
  args: [],
  flags: {
    group: { takes: 'GROUP', doc: 'Only those of this group.' },
    search: { takes: 'TEXT', doc: 'Only those whose name holds this text.' },
  },
  more: GROUPS_HELP,
  async run({ vault, show }, { flags: { group, search }, json }) {
    const client = vault()
    const known = json ? [] : await all(client.groups())
    const groups = new Map(known.map((one) => [one.id, one]))
    const wanted = group === undefined ? null : await client.group(await groupRef(client, group))
    const seen = await all(client.secrets(search))
    const secrets = seen.filter((secret) => wanted === null || secret.group === wanted.id)
    show(secrets, () =>
      table(
        ['GROUP', 'NAME', 'KIND', 'VERSION', 'TYPE', 'UPDATED', 'ID'],
        rows(secrets, groups).sort(byPlace),
      ),
    )
  },
})

function byPlace([group = '', name = '']: string[], [otherGroup = '', otherName = '']: string[]) {
  if (group !== otherGroup) return group < otherGroup ? -1 : 1
  return name < otherName ? -1 : 1
}

export const listCommands = { list }
