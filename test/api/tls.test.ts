import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { get, type RequestOptions } from 'node:https'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { before, after, test } from 'node:test'
import type { IncomingMessage } from 'node:http'
import { selfSigned } from '#test/support/certificate.ts'
import { ownDirectory } from '#test/support/directory.ts'
import { startServer, type RunningServer } from '#test/support/server.ts'

const { key, cert } = selfSigned()

let server: RunningServer
before(async () => {
  const folder = await ownDirectory()
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  await writeFile(certFile, cert)
  await writeFile(keyFile, key)
  const tls = ['--tls-cert', certFile, '--tls-key', keyFile]
  server = await startServer({ args: [...tls, '--metrics', '127.0.0.1:0'] })
})
after(() => server.stop())

async function over(url: string, options: RequestOptions = {}) {
  const request = get(url, { ca: cert, agent: false, ...options })
  const [answer] = (await once(request, 'response')) as [IncomingMessage]
  return { status: answer.statusCode, body: await text(answer) }
}

test('with a certificate the server is one of HTTPS', async () => {
  assert.match(server.url, /^https:/)
  const headers = { authorization: `Bearer ${server.token}` }
  const { status, body } = await over(`${server.url}/strongroom/v1/whoami`, { headers })
  assert.equal(status, 200)
  assert.ok(body.includes(server.accountId))
})

test('its metrics are shown over HTTPS too', async () => {
  assert.ok(server.metricsUrl?.startsWith('https:') === true)
  const { status, body } = await over(server.metricsUrl)
  assert.equal(status, 200)
  assert.match(body, /^process_cpu_seconds_total /m)
})

for (const what of ['the API', 'the metrics'] as const) {
  test(`nobody is answered in clear, or by what is older than TLS 1.2: ${what}`, async () => {
    const url = what === 'the API' ? `${server.url}/health` : (server.metricsUrl ?? '')
    await assert.rejects(fetch(url.replace('https:', 'http:')))
    await assert.rejects(over(url, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1' }))
    await assert.rejects(over(url, { ca: [] }), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
    assert.equal((await over(url)).status, 200)
  })
}
