import type { Api } from '#test/support/api.ts'
import type { Canaries } from './canaries.ts'
import type { Ground } from './ground.ts'
import { filesIn, processesOf, type Sink } from './sinks.ts'
import { toldOf } from './traffic.ts'

const own = '/strongroom/v1'

/** All that the record says, as the APIs that show it say it. */
async function* recordOf(admin: Api): AsyncGenerator<Sink> {
  for (let before = ''; ;) {
    const page = await admin.get(`${own}/audit?limit=1000${before}`)
    yield { name: 'the record', bytes: Buffer.from(page.expect(200).text) }
    const last = page.json['next']
    if (typeof last !== 'string' && typeof last !== 'number') break
    before = `&before=${last}`
  }
  const logs = (await admin.get('/api/svc/v1/audit-logs?metric=list')).expect(200)
  yield { name: 'the audit logs', bytes: Buffer.from(logs.text) }
}

/** What a server wrote, what others see of its process, and its files. */
export function* outsideOf({ server, folder, heard }: Ground): Generator<Sink> {
  yield { name: 'what the server wrote', bytes: heard() }
  yield* processesOf(server.process.pid ?? 0)
  yield* filesIn(folder)
}

/** Everything that a secret could have come to by a side door. */
export async function* sinksOf(ground: Ground, admin: Api): AsyncGenerator<Sink> {
  yield* outsideOf(ground)
  yield* recordOf(admin)
  yield* recordOf(ground.operator)
  for (const path of ['/health', '/v5/openapi.json', '/api/v1/openapi.json']) {
    yield { name: path, bytes: Buffer.from((await admin.get(path)).text) }
  }
  const { metricsUrl } = ground.server
  if (metricsUrl === null) throw new Error('the server has no metrics')
  yield { name: '/metrics', bytes: await (await fetch(metricsUrl)).bytes() }
}

export interface Searched {
  readonly leaks: readonly string[]
  readonly looked: number
  readonly megabytes: number
}

const none: ReadonlySet<string> = new Set()

/** Looks for all canaries but those that may be there. */
export async function search(
  canaries: Canaries,
  sinks: AsyncIterable<Sink> | Iterable<Sink>,
  may = none,
): Promise<Searched> {
  const leaks: string[] = []
  let bytes = 0
  let looked = 0
  for await (const sink of sinks) {
    bytes += sink.bytes.length
    looked += 1
    const hits = canaries.in(sink.bytes).filter(({ canary }) => !may.has(canaries.text(canary)))
    leaks.push(...hits.map((hit) => `${sink.name}: ${toldOf(hit)}`))
  }
  return { leaks, looked, megabytes: Math.round(bytes / 1e5) / 10 }
}

/** What leaked, each with the first place where it was seen. */
export function summary(leaks: readonly string[]): string {
  const canaries = Map.groupBy(leaks, (leak) => leak.replace(/^.*: what was sent/s, ''))
  return [...canaries].map(([of, all]) => `${all.length} ×${of} (${all[0] ?? ''})`).join('\n')
}
