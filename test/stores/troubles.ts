import type { Trouble } from '#test/support/fault-proxy.ts'

/** What can go wrong between the vault and a store over HTTP, each by a name. */
export const troubles: Readonly<Record<string, Trouble>> = {
  lost: { kind: 'lost' },
  unanswered: { kind: 'unanswered' },
  cut: { kind: 'cut' },
  garbage: { kind: 'garbage' },
  huge: { kind: 'huge' },
  400: { kind: 'status', status: 400 },
  403: { kind: 'status', status: 403 },
  404: { kind: 'status', status: 404 },
  412: { kind: 'status', status: 412 },
  429: { kind: 'status', status: 429, headers: { 'retry-after': '1' } },
  500: { kind: 'status', status: 500 },
  503: { kind: 'status', status: 503 },
}

/** Takes as long as the vault is willing to wait. */
export const slowTroubles: Readonly<Record<string, Trouble>> = {
  silent: { kind: 'silent' },
}
