import { randomInt } from 'node:crypto'
import type { Operation, Outcome, Recorded, Vault } from './operation.ts'

export interface HistorySize {
  readonly clients: number
  readonly keys: number
  /** Of all clients together. */
  readonly operations: number
}

/** What somebody was last told of a name: old, more often than not. */
interface Hint {
  id: string
  number: number
}

const nanoseconds = (): number => Math.round(performance.now() * 1e6)

/** Many clients on few names, each an operation at a time; gives all that was asked and told. */
export async function recordHistory(
  history: string,
  vault: Vault,
  { clients, keys, operations }: HistorySize,
): Promise<readonly Recorded[]> {
  const recorded: Recorded[] = []
  const hints = new Map<string, Hint>()
  let begun = 0
  const work = async (client: number) => {
    while (begun < operations) {
      begun++
      const key = `${history}-k${randomInt(keys)}`
      const operation = chosen(hints.get(key), `${client}-${begun}`)
      const call = nanoseconds()
      const outcome = await vault.ask(key, operation)
      const end = nanoseconds()
      recorded.push({ ...operation, ...outcome, history, key, client, call, return: end })
      learn(hints, key, operation, outcome)
    }
  }
  await Promise.all(Array.from({ length: clients }, (_, n) => work(n)))
  return recorded
}

function chosen(hint: Hint | undefined, value: string): Operation {
  const dice = randomInt(20)
  if (hint === undefined || dice < 3) {
    return dice % 2 === 0 ? { kind: 'create', value } : { kind: 'read' }
  }
  const { id, number } = hint
  if (dice < 9) return { kind: 'read' }
  if (dice < 15) return { kind: 'cas', id, number, value }
  if (dice < 18) return { kind: 'activate', id, number: 1 + randomInt(number + 2) }
  return { kind: 'delete', id }
}

function learn(hints: Map<string, Hint>, key: string, asked: Operation, told: Outcome): void {
  const known = hints.get(key)
  const id = 'id' in asked ? asked.id : ''
  if (told.outcome === 'done') {
    const { gotId = id, gotNumber = known?.number ?? 1 } = told
    if (asked.kind !== 'delete') hints.set(key, { id: gotId, number: gotNumber })
  } else if (told.outcome === 'conflict' && told.gotCurrent !== undefined) {
    hints.set(key, { id, number: told.gotCurrent })
  } else if (told.outcome === 'absent' && asked.kind === 'read') {
    hints.delete(key)
  }
}
