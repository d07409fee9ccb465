import { command } from './command.ts'
import { all, teamId } from './named.ts'
import { peopleTable } from './person.ts'
import { clean, moment, table } from './text.ts'

const TEAM = 'A team is named by its name or id'
const WHO = `${TEAM}, a member by id or e-mail address.`

export const teamCommands = {
  'team create': command({
    summary: 'Make a team with a group of its own; you are its first member',
    args: ['NAME'],
    flags: {},
    async run({ vault, show }, { args: [name] }) {
      const made = await vault().createTeam(name)
      show(made, () => `${made.id}\n`)
    },
  }),
  'team list': command({
    summary: 'List all teams (for an admin) or your own',
    args: [],
    flags: {},
    async run({ vault, show }) {
      const teams = await all(vault().teams())
      show(teams, () =>
        table(
          ['ID', 'NAME', 'CREATED'],
          teams.map(({ id, name, created_at }) => [id, name, moment(created_at)]),
        ),
      )
    },
  }),
  'team delete': command({
    summary: 'Remove a team that owns no secrets any more',
    args: ['TEAM'],
    flags: {},
    more: `${TEAM}.`,
    async run({ vault, show }, { args: [team] }) {
      const client = vault()
      const made = await client.deleteTeam(await teamId(client, team))
      show(made, () => `deleted ${made.id}\n`)
    },
  }),
  'team members': command({
    summary: 'List the members of a team',
    args: ['TEAM'],
    flags: {},
    more: `${TEAM}.`,
    async run({ vault, show }, { args: [team] }) {
      const client = vault()
      const members = await all(client.members(await teamId(client, team)))
      show(members, () => peopleTable(members))
    },
  }),
  'team add': command({
    summary: 'Add a member to a team',
    args: ['TEAM', 'MEMBER'],
    flags: {},
    more: WHO,
    async run({ vault, show }, { args: [team, member] }) {
      const client = vault()
      const made = await client.addMember(await teamId(client, team), member)
      show(made, () => `added ${clean(member)}\n`)
    },
  }),
  'team remove': command({
    summary: 'Take a member out of a team; in force at once',
    args: ['TEAM', 'MEMBER'],
    flags: {},
    more: WHO,
    async run({ vault, show }, { args: [team, member] }) {
      const client = vault()
      const made = await client.removeMember(await teamId(client, team), member)
      show(made, () => `removed ${clean(member)}\n`)
    },
  }),
}
