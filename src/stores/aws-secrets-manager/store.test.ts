import { after } from 'node:test'
import { SecretValue } from '#domain/secret-value.ts'
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import { exerciseRemoteStore, ownPrefix } from '#test/contract/remote-store.ts'
import { startMoto } from '#test/support/moto.ts'
import { openAwsSecretsManager } from './store.ts'
const moto = await startMoto()
after(() => moto.stop())
const region = 'us-east-1'
const credential = SecretValue.fromText('{"access_key_id":"test","secret_access_key":"test"}')
const client = new SecretsManagerClient({
  region,
  endpoint: moto.url,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
})
exerciseRemoteStore('Secrets Manager', async () => {
  const config = { url: moto.url, region, prefix: ownPrefix() }
  return {
    store: await openAwsSecretsManager(config, credential),
    plant: async (path) => {
      await client.send(new CreateSecretCommand({ Name: path, SecretString: 'theirs' }))
      return {
        untouched: async () => {
          const found = await client.send(new DescribeSecretCommand({ SecretId: path }))
          return (
            Object.keys(found.VersionIdsToStages ?? {}).length === 1 &&
            (found.Tags ?? []).length === 0
          )
        },
        uproot: async () => {
          await client.send(
            new DeleteSecretCommand({ SecretId: path, ForceDeleteWithoutRecovery: true }),
          )
        },
      }
    },
    refused: null,
    at: (url) => openAwsSecretsManager({ ...config, url }, credential),
    limits: { least: 1, text: 65536, bytes: 65536 },
    repeats: 'same version',
    page: 100,
  }
})
