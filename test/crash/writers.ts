import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { VALUE_BYTES_MAX } from '#domain/limits.ts'
import type { Api, Answer } from '#test/support/api.ts'
import type { Deed, Family, Item, Ledger, State } from './ledger.ts'

const WRITERS = 16

const COLLECTIONS: Readonly<Record<Family, string>> = {
  secret: '/v5/sgp/secrets',
  credential: '/v5/credentials',
}

const OF_TEN: readonly Deed[] = [
  ...(['create', 'create', 'create', 'create', 'create'] as const),
  ...(['update', 'update', 'update', 'delete', 'delete'] as const),
]

/** Writers that go on until they are cut off. */
export interface Writing {
  /** When the first write was acknowledged. */
  readonly first: Promise<void>
  /** When all of them are cut off; fails if one was answered with anything but "done". */
  readonly ended: Promise<void>
}

export interface WritingOptions {
  /** Ends the writing; without it only the end of the vault does. */
  readonly until?: AbortSignal
}

export function startWriting(
  api: Api,
  ledger: Ledger,
  round: string,
  { until }: WritingOptions = {},
): Writing {
  let tell: () => void = () => undefined
  const first = new Promise<void>((resolve) => {
    tell = resolve
  })
  const acknowledge = (item: Item) => {
    ledger.acknowledge(item)
    tell()
  }
  const all = Array.from({ length: WRITERS }, (_, n) =>
    write(api, ledger, `w${n}-${round}`, acknowledge, until),
  )
  return { first, ended: Promise.all(all).then(() => undefined) }
}

/** One writer: a request at a time, each on something of its own. */
async function write(
  api: Api,
  ledger: Ledger,
  mark: string,
  acknowledge: (item: Item) => void,
  until: AbortSignal | undefined,
): Promise<void> {
  const mine: Item[] = []
  for (let n = 0; until?.aborted !== true; n++) {
    const live = mine.filter(({ acked, pending }) => acked?.live === true && pending === null)
    const deed = live.length === 0 ? 'create' : (OF_TEN[randomInt(OF_TEN.length)] ?? 'create')
    const chosen = deed === 'create' ? undefined : live[randomInt(live.length)]
    const family = randomInt(2) === 0 ? 'secret' : 'credential'
    const item = chosen ?? ledger.begin(family, `${mark}-${n}`)
    if (chosen === undefined) mine.push(item)
    item.pending = after(item, deed, `${mark}-${n}`)
    const answer = await ask(api, item, deed)
    if (answer === null) return
    // Without its database a vault cannot tell what was done: the item is left in doubt.
    if (until !== undefined && answer.status === 503) continue
    assert.ok([200, 204].includes(answer.status), `${deed}: ${answer.status} ${answer.text}`)
    if (deed === 'create') item.id = answer.str('id')
    acknowledge(item)
  }
}

/** A value that nothing else has; a few fill many pages, so that the log comes round. */
const valueOf = (mark: string): string =>
  `value ${mark} ${'x'.repeat(randomInt(4) === 0 ? randomInt(VALUE_BYTES_MAX / 2) : 0)}`

/** What an item is once this was done to it. An update changes what it says, its value, or both. */
function after({ acked }: Item, deed: Deed, mark: string): State {
  if (acked === null) return { live: true, description: mark, value: valueOf(mark), versions: 1 }
  if (deed === 'delete') return { ...acked, live: false }
  const which = randomInt(3)
  return {
    ...acked,
    ...(which === 1 ? {} : { description: mark }),
    ...(which === 0 ? {} : { value: valueOf(mark), versions: acked.versions + 1 }),
  }
}

/** The answer, or `null` when there was none. */
async function ask(api: Api, item: Item, deed: Deed): Promise<Answer | null> {
  const path = COLLECTIONS[item.family]
  const { acked, pending, name, family } = item
  assert.ok(pending)
  const value = family === 'secret' ? 'value' : 'payload'
  const said = {
    ...(pending.description === acked?.description ? {} : { description: pending.description }),
    ...(pending.value === acked?.value ? {} : { [value]: pending.value }),
  }
  const named = family === 'secret' ? { key: name } : { name, type: 'key' }
  try {
    if (deed === 'create') return await api.post(path, { ...named, ...said })
    if (deed === 'update') return await api.patch(`${path}/${item.id}`, said)
    return await api.delete(`${path}/${item.id}`)
  } catch {
    return null
  }
}

/** What the vault itself answers for these items that is not as it should be. */
export async function unlikeAnswers(api: Api, items: readonly Item[]): Promise<readonly string[]> {
  const wrong = await Promise.all(
    items.map(async (item) => {
      const { family, id, acked } = item
      if (id === null || acked === null) return []
      const path = `${COLLECTIONS[family]}/${id}`
      const shown = await api.get(path)
      if (!acked.live) return shown.status === 404 ? [] : [`${item.name} is back: ${shown.text}`]
      if (shown.status !== 200 || shown.str('description') !== acked.description) {
        return [`${item.name} is ${shown.text}`]
      }
      if (family === 'secret') return []
      const opened = await api.post(`${path}/secret`)
      return opened.status === 200 && opened.str('result') === acked.value
        ? []
        : [`${item.name} opens as ${opened.text.slice(0, 80)}, not ${acked.value.slice(0, 80)}`]
    }),
  )
  return wrong.flat()
}
