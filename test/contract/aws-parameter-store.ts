import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  DeleteParameterCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  ListTagsForResourceCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm'
import { SecretValue } from '#domain/secret-value.ts'
import { openAwsParameterStore } from '#stores/aws-parameter-store/store.ts'
import { type AwsAccount, UNKNOWN_KEY } from '#test/support/aws-account.ts'
import { exerciseRemoteStore, ownPrefix, type RemoteUnderTest } from './remote-store.ts'
import { here, soon, writing } from './remote-store/trial.ts'

export interface ParameterStoreHere {
  /** The vendor’s own client, for what is done behind our back. */
  readonly client: SSMClient
  /** A store under a prefix of its own. */
  readonly open: () => Promise<RemoteUnderTest>
}

/** Parameter Store of this account. */
export function parameterStoreAt(account: AwsAccount): ParameterStoreHere {
  const client = new SSMClient(account.client)

  async function plant(path: string) {
    await client.send(new PutParameterCommand({ Name: path, Value: 'theirs', Type: 'String' }))
    return {
      untouched: async () => {
        const found = await client.send(new GetParameterCommand({ Name: path }))
        const input = { ResourceType: 'Parameter', ResourceId: path } as const
        const { TagList = [] } = await client.send(new ListTagsForResourceCommand(input))
        return found.Parameter?.Version === 1 && TagList.length === 0
      },
      uproot: async () => {
        await client.send(new DeleteParameterCommand({ Name: path }))
      },
    }
  }

  async function open(): Promise<RemoteUnderTest> {
    const config = { ...account.config, prefix: ownPrefix() }
    return {
      ...{ store: await openAwsParameterStore(config, account.credential), plant },
      refused: account.knowsKeys ? () => openAwsParameterStore(config, UNKNOWN_KEY) : null,
      at: (url: string) => openAwsParameterStore({ ...config, url }, UNKNOWN_KEY),
      limits: { least: 1, text: 8_192, bytes: 6_138, also: [4_096, 4_097] },
      repeats: 'same version',
      page: 50,
    }
  }

  return { client, open }
}

/** What holds wherever Parameter Store is: at the vendor’s, and in its emulators. */
export function exerciseParameterStore(label: string, { client, open }: ParameterStoreHere): void {
  exerciseRemoteStore(label, open)

  test(`${label}: other tools read text as text, from a SecureString`, async (t) => {
    const { store, put } = writing(t, await open())
    const path = store.pathOf(here())
    const shown = async (value: SecretValue) => {
      await put({ value, description: 'what for' })
      const input = { Name: path, WithDecryption: true }
      const { Parameter: found } = await client.send(new GetParameterCommand(input))
      assert.equal(found?.Type, 'SecureString')
      return found.Value
    }
    assert.equal(await shown(SecretValue.fromText('a text\n')), 'a text\n')
    assert.equal(await shown(new SecretValue(Buffer.from([0xff, 0]))), 'base64:/wA=')
    assert.equal(await shown(SecretValue.fromText('{{ssm:x}}')), 'base64:e3tzc206eH19')
    assert.equal(await shown(SecretValue.fromText('base64:')), 'base64:YmFzZTY0Og==')
    await shown(SecretValue.fromText('x'.repeat(4_097)))
    const filter = { Key: 'Name', Values: [path] }
    const described = new DescribeParametersCommand({ ParameterFilters: [filter] })
    const { Parameters: [found] = [] } = await client.send(described)
    assert.deepEqual([found?.Tier, found?.Description], ['Advanced', 'what for'])
  })

  test(`${label}: text that must be encoded has the limit of bytes`, async (t) => {
    const { store } = writing(t, await open())
    for (const text of ['{{', '\u0000', 'base64:']) {
      const value = SecretValue.fromText(text.padEnd(6_139, 'x'))
      assert.deepEqual(store.problems(SecretValue.fromText(text.padEnd(6_138, 'x'))), [])
      const problem = { rule: 'too_long', limit: 6_138, unit: 'bytes' }
      assert.deepEqual(store.problems(value), [{ at: ['body', 'value'], ...problem }])
    }
  })

  test(`${label}: the 101st version lets the first one go`, async (t) => {
    const { store, put } = writing(t, await open())
    const path = store.pathOf(here())
    const written: string[] = []
    for (let n = 1; n <= 101; n++) {
      written.push(await put({ value: SecretValue.fromText(`value ${n}`) }))
    }
    await assert.rejects(store.get(path, written[0] ?? '', soon()), { kind: 'missing' })
    const left = (await store.versions(path, here().mark, soon())) ?? []
    assert.deepEqual(left.toSorted(), written.slice(1).toSorted())
    const last = await store.get(path, written[100] ?? '', soon())
    assert.equal(Buffer.from(last.reveal()).toString(), 'value 101')
  })
}
