import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'
import { StrongroomClient } from '#client/client.ts'
import { ApiError, BadConnection, Unreachable } from '#client/errors.ts'
import { vaultUrl } from '#client/http.ts'
import { SecretValue } from '#domain/secret-value.ts'

const token = SecretValue.fromText('sr_user_secret')

async function serve(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const json =
  (status: number, body: unknown): RequestListener =>
  (_request, response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))

// Bug class 76.
test('names of any kind reach the server as they are, under the base path', async (t) => {
  const seen: (string | undefined)[] = []
  const url = await serve(t, (request, response) => {
    seen.push(request.url, request.headers.authorization)
    json(200, {})(request, response)
  })
  await new StrongroomClient({ url: `${url}/vault/`, token }).secretNamed('a/b', 'ü?#%2e .x')
  assert.deepEqual(seen, [
    '/vault/strongroom/v1/groups/a%2Fb/secrets/%C3%BC%3F%23%252e%20.x',
    'Bearer sr_user_secret',
  ])
})

test('a name that a URL cannot carry is not found, and nothing is sent', async () => {
  const fetch = () => assert.fail('sent')
  const client = new StrongroomClient({ url: 'http://v.example', token, fetch })
  for (const name of ['', '.', '..']) {
    await assert.rejects(client.secretNamed('g', name), { name: 'ApiError', code: 'not_found' })
  }
})

test('values come and go byte for byte', async (t) => {
  const bodies: unknown[] = []
  const url = await serve(t, (request, response) => {
    void request.toArray().then((chunks) => {
      const text = Buffer.concat(chunks as Buffer[]).toString()
      if (text !== '') bodies.push(JSON.parse(text))
      const value = {
        id: 'i',
        name: 'n',
        version: 1,
        file: false,
        value: '/w==',
        encoding: 'base64',
      }
      json(200, value)(request, response)
    })
  })
  const client = new StrongroomClient({ url, token })
  await client.createSecret('g', { name: 'n', value: new SecretValue(Uint8Array.of(0xff)) })
  await client.createSecret('g', { name: 'n', value: SecretValue.fromText('\ufeffa\r\n\0') })
  assert.deepEqual(bodies, [
    { name: 'n', value: '/w==', encoding: 'base64' },
    { name: 'n', value: '\ufeffa\r\n\0', encoding: 'utf8' },
  ])
  const opened = await client.readSecret('i')
  assert.deepEqual([...opened.value.reveal()], [0xff])
  assert.doesNotMatch(JSON.stringify(opened), /\/w==/)
})

test('a list is read to its end, page by page', async (t) => {
  const seen: (string | undefined)[] = []
  const url = await serve(t, (request, response) => {
    seen.push(request.url)
    const more = request.url?.includes('after=2') !== true
    json(200, { data: more ? [1, 2] : [3], next: more ? '2' : null })(request, response)
  })
  const teams = await Array.fromAsync(new StrongroomClient({ url, token }).teams())
  assert.deepEqual(teams, [1, 2, 3])
  assert.deepEqual(seen, [
    '/strongroom/v1/teams?limit=1000',
    '/strongroom/v1/teams?limit=1000&after=2',
  ])
})

test('a refusal has its status, code and sentence', async (t) => {
  const url = await serve(t, json(409, { error: { code: 'name_taken', message: 'there is one' } }))
  await assert.rejects(new StrongroomClient({ url, token }).whoami(), (error) => {
    assert.ok(error instanceof ApiError)
    assert.deepEqual([error.status, error.code, error.message], [409, 'name_taken', 'there is one'])
    return true
  })
})

test('what is no Strongroom is said to be none', async (t) => {
  for (const status of [200, 404, 502]) {
    const url = await serve(t, (_request, response) => response.writeHead(status).end('<html>'))
    await assert.rejects(new StrongroomClient({ url, token }).whoami(), {
      code: 'not_strongroom',
      status,
    })
  }
})

// Bug class 93.
test('a redirect is not followed, and the token goes nowhere else', async (t) => {
  let reached = false
  const other = await serve(t, () => {
    reached = true
  })
  const url = await serve(t, (_request, response) =>
    response.writeHead(307, { location: `${other}/strongroom/v1/whoami` }).end(),
  )
  await assert.rejects(new StrongroomClient({ url, token }).whoami(), /redirects/)
  assert.equal(reached, false)
})

test('a vault that cannot be reached is named, and the token is not', async (t) => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  const broken = await serve(t, (request) => request.socket.destroy())
  for (const url of [
    `http://127.0.0.1:${port}`,
    broken,
    'http://vault.invalid',
    'http://127.0.0.1:1',
  ]) {
    await assert.rejects(new StrongroomClient({ url, token }).whoami(), (error) => {
      assert.ok(error instanceof Unreachable)
      assert.ok(error.message.startsWith(`cannot reach the vault at ${url}: `), error.message)
      assert.doesNotMatch(error.message, /sr_user/)
      return true
    })
  }
})

test('only addresses of vaults are taken, and only tokens that a header can hold', () => {
  assert.equal(vaultUrl('https://v.example/a//').href, 'https://v.example/a')
  for (const url of [
    '',
    'v.example',
    'file:///etc',
    'https://u:p@v.example',
    'https://v/?a',
    'https://v/#a',
  ]) {
    assert.throws(() => vaultUrl(url), BadConnection)
  }
  const client = (text: string) =>
    new StrongroomClient({ url: 'https://v.example', token: SecretValue.fromText(text) })
  for (const text of ['', 'sr user', 'sr\nuser', 'srüser']) {
    assert.throws(
      () => client(text),
      (error) => error instanceof BadConnection && !error.message.includes('ser'),
    )
  }
})
