import { after } from 'node:test'
import { SecretValue } from '#domain/secret-value.ts'
import type { StoreConfig } from '#domain/store.ts'
import { startMoto } from './moto.ts'

/** Where the AWS stores are tried. */
export interface AwsAccount {
  /** Whether it is the vendor’s own, which checks more than an emulator does. */
  readonly real: boolean
  readonly config: StoreConfig
  /** `null` for what the surroundings give. */
  readonly credential: SecretValue | null
  /** What a client beside the store is made with. */
  readonly client: {
    readonly region: string
    readonly endpoint?: string
    readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string }
  }
}

/** A key that no account knows. */
export const UNKNOWN_KEY = SecretValue.fromText(
  JSON.stringify({ access_key_id: 'AKIAIOSFODNN7EXAMPLE', secret_access_key: 'x'.repeat(40) }),
)

/**
 * The region STRONGROOM_TEST_AWS_REGION of a real account, with the credential that the surroundings
 * give; without that variable an emulator, until the tests of this file are done.
 */
export async function awsAccount(): Promise<AwsAccount> {
  const region = process.env['STRONGROOM_TEST_AWS_REGION']
  if (region !== undefined) {
    const kmsKey = process.env['STRONGROOM_TEST_AWS_KMS_KEY']
    const config = kmsKey === undefined ? { region } : { region, kmsKey }
    return { real: true, config, credential: null, client: { region } }
  }
  const moto = await startMoto()
  after(() => moto.stop())
  const config = { region: 'us-east-1', url: moto.url }
  const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x'.repeat(40) }
  const client = { region: config.region, endpoint: moto.url, credentials }
  return { real: false, config, credential: UNKNOWN_KEY, client }
}
