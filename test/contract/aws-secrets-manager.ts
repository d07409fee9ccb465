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
import { openAwsSecretsManager } from '#stores/aws-secrets-manager/store.ts'
import { type AwsAccount, UNKNOWN_KEY } from '#test/support/aws-account.ts'
import { exerciseRemoteStore, ownPrefix, type RemoteUnderTest } from './remote-store.ts'
import { here, soon, writing } from './remote-store/trial.ts'

export interface SecretsManagerHere {
  /** The vendor’s own client, for what is done behind our back. */
  readonly client: SecretsManagerClient
  /** A store under a prefix of its own. */
  readonly open: () => Promise<RemoteUnderTest>
}

/** Secrets Manager of this account. */
export function secretsManagerAt(account: AwsAccount): SecretsManagerHere {
  const client = new SecretsManagerClient(account.client)

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
    const config = { ...account.config, prefix: ownPrefix() }
    return {
      ...{ store: await openAwsSecretsManager(config, account.credential), plant },
      refused: account.knowsKeys ? () => openAwsSecretsManager(config, UNKNOWN_KEY) : null,
      at: (url: string) => openAwsSecretsManager({ ...config, url }, UNKNOWN_KEY),
      limits: { least: 1, text: 65_536, bytes: 65_536 },
      repeats: 'same version',
      page: 100,
    }
  }

  return { client, open }
}

/** What holds wherever Secrets Manager is: at the vendor’s, and in its emulators. */
export function exerciseSecretsManager(label: string, { client, open }: SecretsManagerHere): void {
  exerciseRemoteStore(label, open)

  test(`${label}: other tools read text as text, and see whose it is`, async (t) => {
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

  test(`${label}: what was scheduled for deletion is taken back by a put`, async (t) => {
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
}
