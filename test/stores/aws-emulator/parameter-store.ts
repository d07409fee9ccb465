import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GetParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm'
import { SecretValue } from '#domain/secret-value.ts'
import { openAwsParameterStore } from '#stores/aws-parameter-store/store.ts'
import { parameterStoreAt } from '#test/contract/aws-parameter-store.ts'
import { ownPrefix } from '#test/contract/remote-store.ts'
import { fault, here, soon, writing } from '#test/contract/remote-store/trial.ts'
import type { AwsAccount } from '#test/support/aws-account.ts'

const STANDARD = 4_096
const ADVANCED = 8_192

/** What Parameter Store says it does, and moto does not. */
export function whereMotoIsWrongOfParameters(label: string, account: AwsAccount): void {
  const { client, open } = parameterStoreAt(account)

  test(`${label}: each tier takes the sizes that we say it takes, and no other`, async (t) => {
    const { store } = writing(t, await open())
    const path = store.pathOf(here())
    const tried = (Value: string, Tier: 'Standard' | 'Advanced') =>
      client.send(new PutParameterCommand({ Name: path, Value, Type: 'SecureString', Tier }))
    for (const [limit, tier] of [
      [STANDARD, 'Standard'],
      [ADVANCED, 'Advanced'],
    ] as const) {
      await assert.rejects(tried('x'.repeat(limit + 1), tier), { $fault: 'client' })
      await assert.rejects(tried('é'.repeat(limit / 2 + 1), tier), { $fault: 'client' })
    }
    await assert.rejects(tried('', 'Standard'), { $fault: 'client' })
    assert.equal(await store.look(path, soon()), null)
    assert.equal(store.problems(SecretValue.fromText('x'.repeat(ADVANCED + 1))).length, 1)
  })

  test(`${label}: a key that is not known is refused, and nothing is written`, async (t) => {
    const { store } = writing(t, await open())
    const config = { ...account.config, prefix: ownPrefix(), kmsKey: 'alias/nobody' }
    const other = await openAwsParameterStore(config, account.credential)
    t.after(() => other.close())
    const path = other.pathOf(here())
    const value = SecretValue.fromText('some value')
    const write = { path, mark: here().mark, value, description: null }
    const operation = crypto.randomUUID()
    const found = await fault('rejected', other.put({ ...write, operation }, soon()))
    assert.match(found.message, /InvalidKeyId/)
    assert.equal(await store.look(path, soon()), null)
  })

  test(`${label}: a value is not there in clear`, async (t) => {
    const { store, put } = writing(t, await open())
    await put({ value: SecretValue.fromText('some value') })
    const input = { Name: store.pathOf(here()), WithDecryption: false }
    const found = await client.send(new GetParameterCommand(input))
    const text = found.Parameter?.Value ?? ''
    assert.notEqual(text, '')
    assert.equal(text.includes('some value'), false)
    assert.equal(text.includes(Buffer.from('some value').toString('base64')), false)
  })
}
