import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import { SecretValue } from '#domain/secret-value.ts'
import {
  exerciseRemoteStore,
  ownPrefix,
  type RemoteUnderTest,
} from '#test/contract/remote-store.ts'
import { here, soon, writing } from '#test/contract/remote-store/trial.ts'
import { awsAccount, UNKNOWN_KEY } from '#test/support/aws-account.ts'
import { droppedIn, droppedWords } from './dropped.ts'
import { openAwsSecretsManager } from './store.ts'

const { real, config: account, credential, client: settings } = await awsAccount()
const client = new SecretsManagerClient(settings)

async function plant(path: string) {
  await client.send(new CreateSecretCommand({ Name: path, SecretString: 'theirs' }))
  return {
    untouched: async () => {
      const found = await client.send(new DescribeSecretCommand({ SecretId: path }))
      const versions = Object.keys(found.VersionIdsToStages ?? {})
      return versions.length === 1 && (found.Tags ?? []).length === 0
    },
    uproot: async () => {
      const input = { SecretId: path, ForceDeleteWithoutRecovery: true }
      await client.send(new DeleteSecretCommand(input))
    },
  }
}

async function open(): Promise<RemoteUnderTest> {
  const config = { ...account, prefix: ownPrefix() }
  return {
    ...{ store: await openAwsSecretsManager(config, credential), plant },
    refused: real ? () => openAwsSecretsManager(config, UNKNOWN_KEY) : null,
    at: (url: string) => openAwsSecretsManager({ ...config, url }, UNKNOWN_KEY),
    limits: { least: 1, text: 65_536, bytes: 65_536 },
    repeats: 'same version',
    page: 100,
  }
}

exerciseRemoteStore('Secrets Manager', open)

test('Secrets Manager: other tools read text as text, and see whose it is', async (t) => {
  const { store, put } = writing(t, await open())
  const path = store.pathOf(here())
  const read = (VersionId: string) =>
    client.send(new GetSecretValueCommand({ SecretId: path, VersionId }))
  const text = await put({ value: SecretValue.fromText('a text\n'), description: 'what for' })
  assert.equal((await read(text)).SecretString, 'a text\n')
  const bytes = await put({ value: new SecretValue(Buffer.from([0xff, 0])), description: 'new' })
  assert.deepEqual(Buffer.from((await read(bytes)).SecretBinary ?? []), Buffer.from([0xff, 0]))
  const found = await client.send(new DescribeSecretCommand({ SecretId: path }))
  assert.equal(found.Description, 'new')
  assert.deepEqual(
    found.Tags?.map(({ Key, Value }) => [Key, Value]),
    [
      ['strongroom-installation', here().mark.installation],
      ['strongroom-account', here().account],
      ['strongroom-secret', here().secret],
    ],
  )
})

test('Secrets Manager: what was scheduled for deletion is taken back by a put', async (t) => {
  const { store, put } = writing(t, await open())
  const path = store.pathOf(here())
  const before = await put({ value: SecretValue.fromText('before') })
  await client.send(new DeleteSecretCommand({ SecretId: path, RecoveryWindowInDays: 7 }))
  await assert.rejects(store.get(path, before, soon()), { kind: 'missing' })
  assert.equal(await store.versions(path, here().mark, soon()), null)
  const version = await put({ value: SecretValue.fromText('after') })
  const found = await store.get(path, version, soon())
  assert.equal(Buffer.from(found.reveal()).toString(), 'after')
})

test('Secrets Manager: which versions are dropped stands in tags', () => {
  const versions = Array.from({ length: 9 }, () => crypto.randomUUID())
  const words = { ...droppedWords(versions), other: 'x', 'strongroom-secret': 'y' }
  assert.deepEqual([...droppedIn(words)], versions)
  for (const [key, word] of Object.entries(droppedWords(['x'.repeat(64), ...versions]))) {
    assert.ok(key.length <= 128 && word.length <= 256)
  }
  assert.deepEqual(droppedWords([]), {})
})
