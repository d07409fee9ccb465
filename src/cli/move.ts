import type { StrongroomClient } from '#client/client.ts'
import type { Group } from '#client/wire.ts'
import { command } from './command.ts'
import { all } from './named.ts'
import { GROUPS_HELP, groupRef } from './places.ts'
import type { Terminal } from './terminal.ts'
import { clean, count } from './text.ts'

/** Moves what of a group is not in its store yet, one by one; gives how many were moved. */
async function moveRest(
  client: StrongroomClient,
  { id: group, store }: Group,
  say: Terminal['say'],
): Promise<number> {
  let moved = 0
  for (;;) {
    // Until nothing is left: a secret made by somebody who did not know yet is moved as well.
    const own = (await all(client.secretsIn(group))).filter(({ linked }) => !linked)
    const left = own.filter((secret) => secret.store !== store)
    if (left.length === 0) return moved
    for (const [n, { id, name }] of left.entries()) {
      await client.moveSecret(id, store)
      moved += 1
      say(`strongroom: moved ${clean(name)} (${n + 1} of ${left.length})`)
    }
  }
}

const move = command({
  summary: 'Move a group with its secrets to another store; they stay readable all the while',
  args: ['GROUP', 'STORE'],
  flags: { secret: { doc: 'GROUP is the id of one secret, which alone is moved.' } },
  more: `STORE is a store by its name or id, or \`embedded\`. Ids and versions stay as they are. What was moved stays moved if it ends half-way: run it again. ${GROUPS_HELP}`,
  async run({ vault, show, terminal }, { args: [word, store], flags: { secret: one } }) {
    const client = vault()
    if (one) {
      const secret = await client.moveSecret(word, store)
      show(secret, () => `${clean(secret.name)} is in ${clean(store)}\n`)
      return
    }
    const group = await client.moveGroup(await groupRef(client, word), store)
    const moved = await moveRest(client, group, (line) => terminal.say(line))
    const told = `${count(moved, 'secret')} moved`
    show({ group, moved }, () => `${clean(word)} is in ${clean(store)}: ${told}\n`)
  },
})

export const moveCommands = { move }
