import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { addressIn, isLoopback, type Address } from './address.ts'
import type { Limits } from './door.ts'
import { isNetwork } from './network.ts'

interface Setting {
  readonly flag: string
  readonly env: string
  readonly takes: string | null
  readonly fallback: string
  readonly doc: string
}

const setting = (flag: string, takes: string | null, fallback: string, doc: string): Setting => ({
  flag,
  env: `STRONGROOM_${flag.toUpperCase().replaceAll('-', '_')}`,
  takes,
  fallback,
  doc,
})

/** Every setting of the server, once: the parser, the help and the documentation read this table. */
export const settings = {
  data: setting('data', 'DIR', './strongroom-data', 'Where the embedded database lives.'),
  listen: setting('listen', 'HOST:PORT', '127.0.0.1:7420', 'The address to answer on.'),
  metrics: setting(
    'metrics',
    'HOST:PORT',
    '',
    'Answer GET /metrics (Prometheus) at this address, another than that of --listen, without a token.',
  ),
  database: setting(
    'database',
    'URL',
    '',
    'A PostgreSQL server (postgres://…) in the place of the embedded database.',
  ),
  key: setting('key', 'FILE', '', 'The root key file. Default: DIR.key, beside the data folder.'),
  passphraseFile: setting(
    'passphrase-file',
    'FILE',
    '',
    'Take the root key from a passphrase in this file, not from a key file.',
  ),
  previousPassphraseFile: setting(
    'previous-passphrase-file',
    'FILE',
    '',
    'The passphrase before this one, until `strongroom keys rewrap` is done.',
  ),
  retention: setting(
    'retention',
    'DAYS',
    '7',
    'How long what was deleted can be brought back; 0 wipes it at once.',
  ),
  storeCache: setting(
    'store-cache',
    'SECONDS',
    '30',
    'How long a value of another store may be kept in memory, encrypted; 0 asks the store each time.',
  ),
  privateStores: setting(
    'private-stores',
    null,
    '',
    'Allow stores at private and link-local addresses, and http:// for them.',
  ),
  accountStore: setting(
    'account-store',
    'FILE',
    '',
    'Keep what is in new accounts in the store that this JSON file describes.',
  ),
  ambientStores: setting(
    'ambient-stores',
    null,
    '',
    "Let every account's stores use the credentials of the server's surroundings.",
  ),
  basePath: setting('base-path', 'PATH', '', 'Serve every path under this one.'),
  tlsCert: setting('tls-cert', 'FILE', '', 'Serve HTTPS with this certificate chain (PEM).'),
  tlsKey: setting('tls-key', 'FILE', '', 'The private key of the certificate (PEM).'),
  behindProxy: setting(
    'behind-proxy',
    null,
    '',
    'Answer plain HTTP beyond loopback, because a proxy in front does TLS.',
  ),
  trustedProxies: setting(
    'trusted-proxies',
    'CIDR,…',
    '',
    'Proxies whose X-Forwarded-For says who the client is; of others it is ignored.',
  ),
  failedLimit: setting(
    'failed-limit',
    'N',
    '120',
    'How many wrong tokens, and requests without one, an address may send a minute; 0 for any number.',
  ),
  requestLimit: setting(
    'request-limit',
    'N',
    '0',
    'How many requests a minute one token may make; 0 for any number.',
  ),
  json: setting('json', null, '', 'Say what people are told at start as one line of JSON.'),
} as const satisfies Record<string, Setting>

type Name = keyof typeof settings

/** What the server runs with. Paths are absolute. */
export interface Config {
  readonly dataDir: string
  readonly host: string
  readonly port: number
  /** Where metrics are answered; `null` for nowhere. */
  readonly metrics: Address | null
  readonly databaseUrl: string | null
  readonly keyFile: string
  readonly passphraseFile: string | null
  readonly previousPassphraseFile: string | null
  readonly retentionMs: number
  /** What holds for stores beside the database. */
  readonly stores: {
    readonly cacheMs: number
    readonly privateAddresses: boolean
    readonly ambientCredentials: boolean
  }
  /** The file of the store that new accounts are given; `null` for the embedded one. */
  readonly accountStoreFile: string | null
  readonly basePath: string
  readonly tls: { readonly cert: string; readonly key: string } | null
  /** Addresses and networks. */
  readonly trustedProxies: readonly string[]
  readonly limits: Limits
  readonly json: boolean
}

/** A setting that cannot be used; the message says which and what to do. */
export class BadSetting extends Error {
  override readonly name = 'BadSetting'
}

/** Reads flags, then `STRONGROOM_…` variables, then defaults. Throws `BadSetting`. */
export function readConfig(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Config {
  const given = flags(args)
  const text = (name: Name): string =>
    given.get(settings[name].flag) ?? env[settings[name].env] ?? settings[name].fallback
  const path = (name: Name): string | null => (text(name) === '' ? null : resolve(text(name)))
  const listen = address('listen', text('listen'))
  const metrics = metricsAddress(text('metrics'), listen)
  const tls = tlsOf(path('tlsCert'), path('tlsKey'))
  for (const one of metrics === null ? [listen] : [listen, metrics]) {
    if (tls === null && !isLoopback(one) && text('behindProxy') === '') throw reachable(one)
  }
  const dataDir = resolve(text('data'))
  return {
    dataDir,
    ...listen,
    metrics,
    databaseUrl: databaseUrl(text('database')),
    keyFile: path('key') ?? `${dataDir}.key`,
    passphraseFile: path('passphraseFile'),
    previousPassphraseFile: path('previousPassphraseFile'),
    retentionMs: retentionMs(text('retention')),
    stores: {
      cacheMs: storeCacheMs(text('storeCache')),
      privateAddresses: text('privateStores') !== '',
      ambientCredentials: text('ambientStores') !== '',
    },
    accountStoreFile: path('accountStore'),
    basePath: basePath(text('basePath')),
    tls,
    trustedProxies: networks(text('trustedProxies')),
    limits: {
      failed: perMinute('failed-limit', text('failedLimit')),
      requests: perMinute('request-limit', text('requestLimit')),
    },
    json: text('json') !== '',
  }
}

function flags(args: readonly string[]): ReadonlyMap<string, string> {
  const options = Object.fromEntries(
    Object.values(settings).map(({ flag, takes }) => [
      flag,
      { type: takes === null ? ('boolean' as const) : ('string' as const) },
    ]),
  )
  try {
    const { values } = parseArgs({ args: [...args], options, strict: true })
    return new Map(Object.entries(values).map(([flag, value]) => [flag, String(value)]))
  } catch (error) {
    throw new BadSetting(
      `${error instanceof Error ? error.message : 'bad arguments'}. Try: strongroom serve --help`,
    )
  }
}

function address(flag: string, text: string): Address {
  const found = addressIn(text)
  if (found !== null) return found
  throw new BadSetting(`--${flag} takes HOST:PORT, such as 127.0.0.1:7420 or [::1]:7420`)
}

function metricsAddress(text: string, listen: Address): Address | null {
  if (text === '') return null
  const found = address('metrics', text)
  if (found.port === 0 || found.port !== listen.port || found.host !== listen.host) return found
  throw new BadSetting('--metrics takes an address of its own, not that of --listen')
}

const reachable = ({ host }: Address): BadSetting =>
  new BadSetting(
    `${host} can be reached from other machines: give --tls-cert and --tls-key, or --behind-proxy ` +
      'when a proxy in front of it does TLS',
  )

function tlsOf(cert: string | null, key: string | null): Config['tls'] {
  if (cert === null && key === null) return null
  if (cert !== null && key !== null) return { cert, key }
  throw new BadSetting('--tls-cert and --tls-key go together')
}

function databaseUrl(url: string): string | null {
  if (url === '') return null
  if (/^postgres(?:ql)?:\/\//.test(url)) return url
  throw new BadSetting('--database takes a URL that begins with postgres://')
}

const DAY_MS = 86_400_000
const RETENTION_DAYS_MAX = 3_650

function retentionMs(days: string): number {
  if (/^[0-9]{1,4}$/.test(days) && Number(days) <= RETENTION_DAYS_MAX) return Number(days) * DAY_MS
  throw new BadSetting(`--retention takes whole days, 0 to ${RETENTION_DAYS_MAX}`)
}

const STORE_CACHE_S_MAX = 3_600

function storeCacheMs(seconds: string): number {
  if (/^[0-9]{1,4}$/.test(seconds) && Number(seconds) <= STORE_CACHE_S_MAX) {
    return Number(seconds) * 1_000
  }
  throw new BadSetting(`--store-cache takes whole seconds, 0 to ${STORE_CACHE_S_MAX}`)
}

const PER_MINUTE_MAX = 1_000_000

function perMinute(flag: string, n: string): number {
  if (/^[0-9]{1,7}$/.test(n) && Number(n) <= PER_MINUTE_MAX) return Number(n)
  throw new BadSetting(`--${flag} takes a whole number a minute, 0 to ${PER_MINUTE_MAX}`)
}

function networks(list: string): readonly string[] {
  const all = list === '' ? [] : list.split(',').map((one) => one.trim())
  if (all.every(isNetwork)) return all
  throw new BadSetting('--trusted-proxies takes addresses and networks, such as 10.0.0.0/8,::1')
}

function basePath(path: string): string {
  if (path === '' || path === '/') return ''
  if (/^(?:\/[A-Za-z0-9._~-]+)+\/?$/.test(path)) return path.replace(/\/$/, '')
  throw new BadSetting('--base-path takes a path such as /vault')
}

/** What `serve --help` prints. */
export const help = (): string =>
  [
    'strongroom serve: start the vault',
    '',
    ...Object.values(settings).map(({ flag, takes, fallback, env, doc }) => {
      const name = `--${flag}${takes === null ? '' : ` ${takes}`}`
      const usual = fallback === '' ? '' : ` (${fallback})`
      return `  ${name.padEnd(34)} ${doc}${usual} [${env}]`
    }),
  ].join('\n')
