import { after } from 'node:test'
import { SecretValue } from '#domain/secret-value.ts'
import type { StoreConfig } from '#domain/store.ts'
import { awsEmulator, EMULATOR_KEYS } from './aws-emulator.ts'
import { startMoto } from './moto.ts'

/** Where the AWS stores are tried. */
export interface AwsAccount {
  /** Whether it refuses a key that it does not know. */
  readonly knowsKeys: boolean
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
    return { knowsKeys: true, config, credential: null, client: { region } }
  }
  const moto = await startMoto()
  after(() => moto.stop())
  const config = { region: 'us-east-1', url: moto.url }
  const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x'.repeat(40) }
  const client = { region: config.region, endpoint: moto.url, credentials }
  return { knowsKeys: false, config, credential: UNKNOWN_KEY, client }
}

/** The other emulator, until the tests of this file are done, or why it cannot be had. */
export async function otherAwsAccount(): Promise<AwsAccount | { readonly why: string }> {
  const emulator = await awsEmulator()
  if ('why' in emulator) return emulator
  const { url, stop } = await emulator.start()
  after(stop)
  const { lasting: accessKeyId, secret: secretAccessKey } = EMULATOR_KEYS
  const config = { region: 'us-east-1', url }
  const credentials = { accessKeyId, secretAccessKey }
  const key = { access_key_id: accessKeyId, secret_access_key: secretAccessKey }
  return {
    knowsKeys: true,
    config,
    credential: SecretValue.fromText(JSON.stringify(key)),
    client: { region: config.region, endpoint: url, credentials },
  }
}
