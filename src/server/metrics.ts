import type { RemoteStoreKind, Store } from '#domain/store.ts'
import type { TellCall } from '#stores/remote/guard.ts'

/** Counts what the server does, for Prometheus. No label holds anything that a caller sent. */
export interface Metrics {
  /** What a store that is set up tells its calls to; of one that is only tried, none is named. */
  calls(store: Pick<Store, 'id' | 'kind'>, use: 'kept' | 'trial'): TellCall
  /** A request that was answered; `dialect` is one of ours. */
  request(dialect: string, status: number): void
  /** All of it in Prometheus's text format. */
  text(): Promise<{ readonly type: string; readonly body: string }>
}

/** Whoever sets stores up and removes them all day does not have ever more of them counted. */
const STORES_MAX = 1_000

/** Counters of their own, and what the library knows of the process. Loads it: nobody else does. */
export async function openMetrics(): Promise<Metrics> {
  const { Counter, Registry, collectDefaultMetrics } = await import('prom-client')
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const calls = new Counter({
    name: 'strongroom_store_calls_total',
    help: 'What stores beside the database were asked for, each try, by how it ended.',
    labelNames: ['store', 'kind', 'operation', 'outcome'],
    registers,
  })
  const requests = new Counter({
    name: 'strongroom_requests_total',
    help: 'Requests that were answered, by API and status.',
    labelNames: ['dialect', 'status'],
    registers,
  })
  const named = new Set<string>()
  const nameOf = (id: string): string => {
    if (named.size < STORES_MAX) named.add(id)
    return named.has(id) ? id : 'others'
  }
  return {
    calls({ id, kind }: { readonly id: string; readonly kind: RemoteStoreKind }, use) {
      const store = use === 'trial' ? 'trial' : nameOf(id)
      return (operation, outcome) => calls.inc({ store, kind, operation, outcome })
    },
    request: (dialect, status) => requests.inc({ dialect, status }),
    text: async () => ({ type: registry.contentType, body: await registry.metrics() }),
  }
}
