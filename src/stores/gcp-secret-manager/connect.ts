import type { Metadata } from '@grpc/grpc-js'
import { StoreFault } from '#ports/remote-store.ts'
import type { Stub } from './calls.ts'

export interface Connection {
  readonly stub: Stub
  readonly newMetadata: () => Metadata
  readonly close: () => Promise<void>
}

/** Of one answer; a page of secrets is the largest that is asked for. */
const ANSWER_BYTES_MAX = 8 * 1024 * 1024

/** No calls but those that are made: no retries of its own, no look-up of how to call. */
const CHANNEL = {
  'grpc.enable_retries': 0,
  'grpc.service_config_disable_resolution': 1,
  'grpc.max_receive_message_length': ANSWER_BYTES_MAX,
  'grpc.initial_reconnect_backoff_ms': 250,
  'grpc.max_reconnect_backoff_ms': 5_000,
}

/**
 * The vendor's client, at its own address or another; `http:` is without TLS. Who calls is shown with
 * each call, so the client is told that it needs no credential and never looks for one.
 */
export async function connect(url: string | null): Promise<Connection> {
  const at = url === null ? null : addressIn(url)
  const [{ SecretManagerServiceClient }, grpc, { PassThroughClient }] = await Promise.all([
    import('@google-cloud/secret-manager'),
    import('@grpc/grpc-js'),
    import('google-auth-library'),
  ])
  const sslCreds =
    at?.plain === true ? grpc.credentials.createInsecure() : grpc.credentials.createSsl()
  const client = new SecretManagerServiceClient({
    ...CHANNEL,
    ...(at === null ? {} : { apiEndpoint: at.host, port: at.port }),
    ...(at?.plain === true ? { 'grpc.enable_http_proxy': 0 } : {}),
    sslCreds,
    authClient: new PassThroughClient(),
    fallback: false,
  })
  return {
    stub: (await client.initialize()) as unknown as Stub,
    newMetadata: () => new grpc.Metadata(),
    close: () => client.close(),
  }
}

function addressIn(url: string): { host: string; port: number; plain: boolean } {
  const { protocol, hostname: host, port, pathname } = URL.parse(url) ?? {}
  const plain = protocol === 'http:'
  if (host === undefined || pathname !== '/' || (!plain && protocol !== 'https:')) {
    throw new StoreFault('rejected', 'config.url is not https://HOST[:PORT]')
  }
  return { host, port: Number(port) || (plain ? 80 : 443), plain }
}
