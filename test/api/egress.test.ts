import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'
import type { Api } from '#test/support/api.ts'
import { onEachEngine } from '#test/support/house.ts'
import { smallVault } from '#test/support/small-vault.ts'

const own = '/strongroom/v1'

/** A store that notes every byte it is sent, in front of one that works. */
async function listening(t: TestContext): Promise<{ url: string; heard: string[] }> {
  const behind = new URL(await smallVault())
  const heard: string[] = []
  const server = createServer((asked, answer) => {
    void asked.toArray().then((chunks) => {
      const body = Buffer.concat(chunks as Buffer[])
      heard.push([asked.method, asked.url, ...asked.rawHeaders, body.toString()].join('\n'))
      const { hostname, port } = behind
      const headers = { ...asked.headers, host: behind.host }
      const on = request({ hostname, port, method: asked.method, path: asked.url, headers })
      on.on('response', (response) => {
        answer.writeHead(response.statusCode ?? 0, response.headers)
        response.pipe(answer)
      })
      on.end(body)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard }
}

/** What a caller may send along with a request, each with a word to look for. */
const along = (token: string, id: string) => ({
  ...{ authorization: `Bearer ${token}`, cookie: 'session=canary-cookie' },
  ...{ 'x-selected-account-id': id, 'x-vault-token': 'canary-vault-token' },
  ...{ 'x-vault-namespace': 'canary-namespace', 'x-amz-security-token': 'canary-amz' },
  ...{ 'user-agent': 'canary-agent', referer: 'https://canary-referer/', from: 'canary-from' },
  ...{ 'x-forwarded-for': '203.0.113.77', forwarded: 'for=203.0.113.77', via: '1.1 canary-via' },
  ...{ traceparent: '00-canary', baggage: 'canary=baggage', 'proxy-authorization': 'canary-proxy' },
})

onEachEngine(
  (house) => {
    // Bug class 62: CVE-2026-4525.
    test('a store is sent its own credential, and nothing that came with the request', async (t) => {
      const { url, heard } = await listening(t)
      const { admin, id } = await house().tenant()
      const token = admin.token ?? ''
      const send = async (method: string, path: string, body?: unknown) => {
        const asked = body === undefined ? {} : { body }
        const headers = along(token, id)
        return (await admin.send(method, path, { ...asked, headers })).expect(200)
      }
      const credential = { token: 'the-credential-of-the-store' }
      const store = { name: 'ours', kind: 'vault', config: { url }, credential }
      await send('POST', `${own}/stores`, store)
      await send('POST', `${own}/stores/ours/check`)
      await send('PUT', `${own}/default-store`, { store: 'ours' })
      await send('POST', `${own}/groups`, { name: 'apps' })
      const secret = (
        await send('POST', `${own}/groups/apps/secrets`, { name: 'k', value: 'one' })
      ).str('id')
      await send('PATCH', `${own}/secrets/${secret}`, { value: 'two' })
      await send('GET', `${own}/secrets/${secret}/value`)
      await send('GET', `${own}/groups/apps/values`)
      await send('POST', `${own}/secrets/${secret}/move`, { store: 'embedded' })
      await send('POST', `${own}/secrets/${secret}/move`, { store: 'ours' })
      await send('DELETE', `${own}/secrets/${secret}/versions/1`)
      const plan = (await send('GET', `${own}/stores/ours/plan`)).str('plan')
      await send('POST', `${own}/stores/ours/sync`, { plan })
      await send('DELETE', `${own}/secrets/${secret}`)
      assert.ok(heard.length > 10)
      for (const said of heard) {
        assert.ok(said.includes('the-credential-of-the-store'))
        for (const word of [token, token.slice(3), 'canary', '203.0.113.77']) {
          assert.ok(!said.includes(word), `a store was told ${word} in ${said}`)
        }
      }
      t.diagnostic(`${heard.length} requests`)
    })

    // Bug classes 68, 93: a store that sends us elsewhere is not followed, whatever it says.
    test('where a store points to is never asked', async (t) => {
      const elsewhere = await listening(t)
      const { admin } = await house().tenant()
      for (const status of [301, 302, 303, 307, 308]) {
        const store = await pointing(t, status, elsewhere.url)
        const body = {
          ...{ name: `to-${status}`, kind: 'vault', config: { url: store } },
          credential: { token: 'the-credential-of-the-store' },
        }
        const { text } = (await admin.post(`${own}/stores`, body)).expect(503)
        assert.ok(!text.includes('127.0.0.1'), text)
      }
      await isStill(admin)
      assert.deepEqual(elsewhere.heard, [])
    })
  },
  ['SQLite'],
)

async function isStill(admin: Api): Promise<void> {
  assert.deepEqual((await admin.get(`${own}/stores`)).expect(200).list('data'), [])
}

/** A store that answers everything by pointing elsewhere. */
async function pointing(t: TestContext, status: number, to: string): Promise<string> {
  const server = createServer((asked, answer) => {
    answer.writeHead(status, { location: `${to}${asked.url ?? ''}` }).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
