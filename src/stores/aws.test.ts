import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'
import { SecretValue } from '#domain/secret-value.ts'
import { openAwsParameterStore } from './aws-parameter-store/store.ts'
import { openAwsSecretsManager } from './aws-secrets-manager/store.ts'
import { fault, here, soon } from '#test/contract/remote-store/trial.ts'
import { UNKNOWN_KEY } from '#test/support/aws-account.ts'

const OPENERS = [openAwsSecretsManager, openAwsParameterStore] as const

interface Answer {
  readonly status?: number
  /** The code of an error. */
  readonly error?: string
  readonly body?: object
  readonly headers?: Readonly<Record<string, string>>
}

/** An AWS that answers as it is told; `null` cuts the line. Notes what it is asked. */
async function scripted(t: TestContext, answer: (action: string, nth: number) => Answer | null) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    const action = actionOf(request)
    const told = answer(action, asked.push(action))
    if (told === null) {
      request.socket.destroy()
      return
    }
    const { error, headers } = told
    const body = error === undefined ? told.body : { __type: error, message: 'no' }
    response.writeHead(told.status ?? (error === undefined ? 200 : 400), {
      'content-type': 'application/x-amz-json-1.1',
      ...headers,
    })
    response.end(JSON.stringify(body ?? {}))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { asked, config: { region: 'us-east-1', url } }
}

const actionOf = ({ headers }: IncomingMessage): string =>
  String(headers['x-amz-target']).split('.').at(-1) ?? ''

const put = (path: string, value = SecretValue.fromText('x')) => {
  const { mark } = here()
  return { path, mark, value, description: null, operation: crypto.randomUUID() }
}

const OURS = [
  { Key: 'strongroom-installation', Value: here().mark.installation },
  { Key: 'strongroom-account', Value: here().account },
  { Key: 'strongroom-secret', Value: here().secret },
]

test('AWS: every code is a fault of its kind, after one try', async (t) => {
  const kinds = {
    ThrottlingException: 'throttled',
    TooManyUpdates: 'throttled',
    UnrecognizedClientException: 'refused',
    ExpiredTokenException: 'refused',
    AccessDeniedException: 'refused',
    ValidationException: 'rejected',
    LimitExceededException: 'rejected',
    InternalServerError: 'down',
  } as const
  for (const [error, kind] of Object.entries(kinds)) {
    const { asked, config } = await scripted(t, () => ({ error }))
    for (const open of OPENERS) {
      const store = await open(config, UNKNOWN_KEY)
      const found = await fault(kind, store.remove(store.pathOf(here()), here().mark, soon()))
      assert.match(found.message, new RegExp(`remove: ${error}, status 400`))
      await store.close()
    }
    assert.equal(asked.length, OPENERS.length)
  }
})

test('AWS: how long it wants to be left alone is passed on', async (t) => {
  const { config } = await scripted(t, () => ({ status: 429, headers: { 'retry-after': '7' } }))
  for (const open of OPENERS) {
    const store = await open(config, UNKNOWN_KEY)
    const found = await fault('throttled', store.list(null, soon()))
    assert.equal(found.retryAfterMs, 7_000)
    await store.close()
  }
})

test('AWS: a write whose answer is lost is not sent again by the SDK', async (t) => {
  const writes = ['PutParameter', 'CreateSecret']
  for (const open of OPENERS) {
    const { asked, config } = await scripted(t, (action) => {
      if (writes.includes(action)) return null
      const error = action === 'ListTagsForResource' ? 'InvalidResourceId' : undefined
      return { error: error ?? 'ResourceNotFoundException' }
    })
    const store = await open(config, UNKNOWN_KEY)
    await fault('down', store.put(put(store.pathOf(here())), soon()))
    assert.equal(asked.filter((action) => writes.includes(action)).length, 1)
    await store.close()
  }
})

test('AWS: what is over a limit is not sent', async (t) => {
  const { asked, config } = await scripted(t, () => ({ status: 500 }))
  for (const open of OPENERS) {
    const store = await open(config, UNKNOWN_KEY)
    for (const size of [0, 65_537]) {
      const value = new SecretValue(Buffer.alloc(size, 'x'))
      await fault('rejected', store.put(put(store.pathOf(here()), value), soon()))
    }
    await store.close()
  }
  assert.deepEqual(asked, [])
})

test('AWS: a configuration or credential that cannot be is refused in words', async () => {
  const region = 'us-east-1'
  for (const open of OPENERS) {
    await fault('rejected', open({}, null))
    await fault('rejected', open({ region: 'us-east-1/../x' }, null))
    await fault('rejected', open({ region, url: 'file:///etc' }, null))
    for (const text of [
      '',
      'x',
      '[]',
      'null',
      '{}',
      '{"access_key_id":"a"}',
      '{"access_key_id":1}',
    ]) {
      const found = await fault('refused', open({ region }, SecretValue.fromText(text)))
      assert.match(found.message, /^the credential/)
    }
    await fault('refused', open({ region }, new SecretValue(Buffer.from([0xff]))))
  }
})

test('Secrets Manager: a put waits for a name that is still being deleted', async (t) => {
  let creations = 0
  const { asked, config } = await scripted(t, (action) => {
    if (action === 'DescribeSecret') return { error: 'ResourceNotFoundException' }
    creations += 1
    return creations < 3 ? { error: 'InvalidRequestException' } : { body: { VersionId: 'made' } }
  })
  const store = await openAwsSecretsManager(config, UNKNOWN_KEY)
  assert.equal(await store.put(put(store.pathOf(here())), soon()), 'made')
  assert.equal(asked.length, 6)
  await store.close()
})

test('Parameter Store: a put waits for a name that is not free yet', async (t) => {
  const { asked, config } = await scripted(t, (action, nth) => {
    if (action === 'ListTagsForResource') return { error: 'InvalidResourceId' }
    if (action === 'LabelParameterVersion') return { body: { ParameterVersion: 1 } }
    return nth < 4 ? { error: 'ParameterAlreadyExists' } : { body: { Version: 1 } }
  })
  const store = await openAwsParameterStore(config, UNKNOWN_KEY)
  assert.match(await store.put(put(store.pathOf(here())), soon()), /^v-/)
  assert.equal(asked.filter((action) => action === 'PutParameter').length, 2)
  await store.close()
})

test('Secrets Manager: versions come page by page, without those that were dropped', async (t) => {
  const dropped = crypto.randomUUID()
  const { config } = await scripted(t, (action, nth) => {
    const Tags = [...OURS, { Key: `strongroom-dropped-${dropped}`, Value: '' }]
    if (action === 'DescribeSecret') {
      const Name = `strongroom/${here().account}/production/API_KEY/${here().secret}`
      return { body: { Name, Tags } }
    }
    const Versions = [{ VersionId: `on page ${nth}` }, { VersionId: dropped }]
    return { body: nth < 4 ? { Versions, NextToken: 'more' } : { Versions } }
  })
  const store = await openAwsSecretsManager(config, UNKNOWN_KEY)
  const versions = await store.versions(store.pathOf(here()), here().mark, soon())
  assert.deepEqual(versions, ['on page 2', 'on page 3', 'on page 4'])
  await store.close()
})
