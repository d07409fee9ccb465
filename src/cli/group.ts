import type { SizedGroup } from '#client/wire.ts'
import { command } from './command.ts'
import { Misuse } from './failure.ts'
import { all, storeNames, teamId } from './named.ts'
import { GROUPS_HELP, groupRef, groupWord } from './places.ts'
import { clean, facts, moment, table } from './text.ts'

const groupFacts = (group: SizedGroup, store: string): string =>
  facts({
    group: groupWord(group),
    id: group.id,
    kind: group.kind,
    owner: `${group.owner.kind} ${group.owner.id}`,
    store,
    secrets: group.size,
    created: moment(group.created_at),
  })

export const groupCommands = {
  'group create': command({
    summary: 'Make a named group of the account, of a team, or of yourself',
    args: ['NAME'],
    flags: {
      team: { takes: 'TEAM', doc: 'The team that is to own it, by name or id.' },
      mine: { doc: 'You alone are to own it.' },
      store: {
        takes: 'STORE',
        doc: 'The store to keep it in, by name or id. Default: that of the account.',
      },
    },
    async run({ vault, show }, { args: [name], flags: { team, mine, store } }) {
      if (team !== undefined && mine) throw new Misuse('--team and --mine exclude each other')
      const client = vault()
      const group = await client.createGroup({
        name,
        owner: mine ? 'me' : 'account',
        ...(team === undefined ? {} : { team: await teamId(client, team) }),
        ...(store === undefined ? {} : { store }),
      })
      show(group, () => `${group.id}\n`)
    },
  }),
  'group list': command({
    summary: 'List every group you may use',
    args: [],
    flags: {},
    async run({ vault, show }) {
      const client = vault()
      const groups = await all(client.groups())
      const nameOf = await storeNames(client, groups)
      show(groups, () =>
        table(
          ['GROUP', 'OWNER', 'STORE', 'CREATED', 'ID'],
          groups.map((group) => [
            ...[
              groupWord(group),
              group.owner.kind,
              nameOf(group.store),
              moment(group.created_at),
              group.id,
            ],
          ]),
        ),
      )
    },
  }),
  'group show': command({
    summary: 'Show what is known of a group',
    args: ['GROUP'],
    flags: {},
    more: GROUPS_HELP,
    async run({ vault, show }, { args: [word] }) {
      const client = vault()
      const group = await client.group(await groupRef(client, word))
      const nameOf = await storeNames(client, [group])
      show(group, () => groupFacts(group, nameOf(group.store)))
    },
  }),
  'group delete': command({
    summary: 'Delete a named group that is empty',
    args: ['GROUP'],
    flags: {},
    async run({ vault, show }, { args: [word] }) {
      const client = vault()
      const made = await client.deleteGroup(await groupRef(client, word))
      show(made, () => `deleted ${clean(word)}\n`)
    },
  }),
}
