import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test, type TestContext } from 'node:test'
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  UpdateSecretVersionStageCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import { SecretValue } from '#domain/secret-value.ts'
import { openAwsSecretsManager } from '#stores/aws-secrets-manager/store.ts'
import { secretsManagerAt } from '#test/contract/aws-secrets-manager.ts'
import { ownPrefix } from '#test/contract/remote-store.ts'
import { bytesOf, fault, here, soon, writing } from '#test/contract/remote-store/trial.ts'
import type { AwsAccount } from '#test/support/aws-account.ts'
import { UNSIGNED_KEY } from '#test/support/aws-emulator.ts'
import { startFaultProxy } from '#test/support/fault-proxy.ts'

const LIMIT = 65_536
const REFUSED = { name: 'InvalidParameterException' }

const some = SecretValue.fromText('some value')

/** Which version has which labels, as the vendor’s own client sees it. */
async function stagesOf(client: SecretsManagerClient, path: string) {
  const found = await client.send(new DescribeSecretCommand({ SecretId: path }))
  return found.VersionIdsToStages ?? {}
}

/** The versions that have this label. */
const bearing = (stages: Readonly<Record<string, readonly string[]>>, label: string) =>
  Object.keys(stages).filter((version) => stages[version]?.includes(label))

/** Puts a label on a version, and takes it off any other, as somebody else would. */
async function stage(client: SecretsManagerClient, path: string, label: string, version: string) {
  const [from] = bearing(await stagesOf(client, path), label)
  const moved = { SecretId: path, VersionStage: label, MoveToVersionId: version }
  const input = from === undefined ? moved : { ...moved, RemoveFromVersionId: from }
  await client.send(new UpdateSecretVersionStageCommand(input))
}

const schedule = (client: SecretsManagerClient, path: string) =>
  client.send(new DeleteSecretCommand({ SecretId: path, RecoveryWindowInDays: 7 }))

/** A store whose second request, which is its write, is held back until `meanwhile` is done. */
async function overtaken(t: TestContext, account: AwsAccount) {
  const { url = '' } = account.config
  const proxy = await startFaultProxy(url)
  t.after(() => proxy.stop())
  const config = { ...account.config, prefix: ownPrefix() }
  const store = await openAwsSecretsManager({ ...config, url: proxy.url }, UNSIGNED_KEY)
  t.after(() => store.close())
  const { mark } = here()
  const path = store.pathOf(here())
  const put = (text: string) => {
    const value = SecretValue.fromText(text)
    const write = { path, mark, value, description: null, operation: randomUUID() }
    return store.put(write, soon())
  }
  const meanwhile = (then: () => Promise<unknown>) =>
    proxy.trouble((_method, _path, n) =>
      n === 2 ? { kind: 'held', until: then().then(() => undefined) } : { kind: 'none' },
    )
  const read = async (version: string) => bytesOf(await store.get(path, version, soon())).toString()
  return { store, path, put, read, meanwhile, struck: () => proxy.struck() }
}

/** What Secrets Manager says it does, and moto does not. */
export function whereMotoIsWrongOfSecrets(label: string, account: AwsAccount): void {
  const { client, open } = secretsManagerAt(account)

  test(`${label}: somebody who turns the secret back turns none of our versions`, async (t) => {
    const { store, put } = writing(t, await open())
    const path = store.pathOf(here())
    const versions = [await put({ value: some }), await put({ value: some })] as const
    await stage(client, path, 'AWSCURRENT', versions[0])
    assert.deepEqual(bearing(await stagesOf(client, path), 'AWSCURRENT'), [versions[0]])
    for (const version of versions) {
      assert.equal(bytesOf(await store.get(path, version, soon())).toString(), 'some value')
    }
    const third = await put({ value: some })
    const stages = await stagesOf(client, path)
    assert.deepEqual(bearing(stages, 'AWSCURRENT'), [third])
    assert.deepEqual(bearing(stages, 'AWSPREVIOUS'), [versions[0]])
    const found = (await store.versions(path, here().mark, soon())) ?? []
    assert.deepEqual(found.toSorted(), [...versions, third].toSorted())
  })

  test(`${label}: what is imported is what the labels say is current`, async (t) => {
    const { store, plant } = writing(t, await open())
    const path = store.pathOf(here())
    await plant(path)
    const [first = ''] = bearing(await stagesOf(client, path), 'AWSCURRENT')
    await client.send(new PutSecretValueCommand({ SecretId: path, SecretString: 'newer' }))
    assert.equal(bytesOf(await store.peek(path, soon())).toString(), 'newer')
    await stage(client, path, 'AWSCURRENT', first)
    assert.equal(bytesOf(await store.peek(path, soon())).toString(), 'theirs')
  })

  test(`${label}: others’ labels stay where they are`, async (t) => {
    const { store, put } = writing(t, await open())
    const path = store.pathOf(here())
    const labelled: [string, string][] = []
    for (let n = 1; n <= 12; n++) {
      const version = await put({ value: SecretValue.fromText(`value ${n}`) })
      await stage(client, path, `theirs-${n}`, version)
      labelled.push([`theirs-${n}`, version])
    }
    await put({ value: some })
    await store.drop(path, here().mark, [labelled[0]?.[1] ?? ''], soon())
    const stages = await stagesOf(client, path)
    for (const [name, version] of labelled) assert.deepEqual(bearing(stages, name), [version])
    for (const [n, [, version]] of labelled.slice(1).entries()) {
      assert.equal(bytesOf(await store.get(path, version, soon())).toString(), `value ${n + 2}`)
    }
  })

  test(`${label}: all versions of a secret are listed, beyond one page`, async (t) => {
    const { store, put } = writing(t, await open())
    const path = store.pathOf(here())
    const written: string[] = []
    for (let n = 1; n <= 105; n++) written.push(await put({ value: some }))
    const input = { SecretId: path, IncludeDeprecated: true, MaxResults: 100 }
    const page = await client.send(new ListSecretVersionIdsCommand(input))
    assert.equal(page.Versions?.length, 100)
    assert.notEqual(page.NextToken, undefined)
    const found = (await store.versions(path, here().mark, soon())) ?? []
    assert.deepEqual(found.toSorted(), written.toSorted())
    assert.equal(bytesOf(await store.get(path, written[0] ?? '', soon())).toString(), 'some value')
  })

  test(`${label}: takes text of the sizes that we say it takes, and no other`, async (t) => {
    const { store } = writing(t, await open())
    const path = store.pathOf(here())
    for (const text of ['', 'x'.repeat(LIMIT + 1), 'é'.repeat(LIMIT / 2 + 1)]) {
      assert.equal(store.problems(SecretValue.fromText(text)).length, 1)
      const command = new CreateSecretCommand({ Name: path, SecretString: text })
      await assert.rejects(client.send(command), REFUSED)
    }
    assert.equal(await store.look(path, soon()), null)
  })

  test(`${label}: takes our paths, and not every name`, async (t) => {
    const { store, put } = writing(t, await open())
    const tried = (Name: string) => client.send(new CreateSecretCommand({ Name }))
    for (const name of ['', 'a b', 'é', 'a:b', 'x'.repeat(513)]) {
      await assert.rejects(tried(name), REFUSED)
    }
    const all = Array.from({ length: 0x180 }, (_, code) => String.fromCodePoint(code)).join('')
    for (const [n, text] of [all, 'x'.repeat(2_000), '😀'.repeat(500)].entries()) {
      const of = here({ group: text, name: text, secret: String(n) })
      assert.ok(store.pathOf(of).length <= 512)
      const version = await put({ value: some, of })
      assert.deepEqual(await store.versions(store.pathOf(of), of.mark, soon()), [version])
    }
  })

  test(`${label}: a secret scheduled for deletion under a write is taken back`, async (t) => {
    const { store, path, put, read, meanwhile, struck } = await overtaken(t, account)
    const before = await put('before')
    meanwhile(() => schedule(client, path))
    const after = await put('after')
    assert.equal(struck(), 1)
    assert.deepEqual([await read(before), await read(after)], ['before', 'after'])
    await store.remove(path, here().mark, soon())
  })

  test(`${label}: a name that is taken and scheduled for deletion under a write is ours again`, async (t) => {
    const { store, path, put, read, meanwhile, struck } = await overtaken(t, account)
    const another = await openAwsSecretsManager(account.config, account.credential)
    t.after(() => another.close())
    meanwhile(async () => {
      const { mark } = here()
      const write = { path, mark, value: some, description: null, operation: randomUUID() }
      await another.put(write, soon())
      await schedule(client, path)
    })
    assert.equal(await read(await put('after')), 'after')
    assert.equal(struck(), 1)
    await store.remove(path, here().mark, soon())
  })

  test(`${label}: a stranger’s name that is scheduled for deletion is not touched`, async (t) => {
    const { path, put, meanwhile, struck } = await overtaken(t, account)
    meanwhile(async () => {
      await client.send(new CreateSecretCommand({ Name: path, SecretString: 'theirs' }))
      await schedule(client, path)
    })
    await fault('not_ours', put('ours'))
    assert.equal(struck(), 1)
    const found = await client.send(new DescribeSecretCommand({ SecretId: path }))
    assert.notEqual(found.DeletedDate, undefined)
  })
}
