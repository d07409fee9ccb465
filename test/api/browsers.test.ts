import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callOf, routes, targetOf } from '#test/support/calls.ts'
import { settle } from '#test/support/estate.ts'
import { onEachEngine } from '#test/support/house.ts'

/** What a page of somebody else's may send without asking first, with what a browser adds. */
const TYPES = [
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  '',
]

const MARKUP = '<img src=x onerror=alert(1)><script>alert(1)</script>"\'--></title>'

onEachEngine(
  (house) => {
    // Bug class 75: GHSA-3fjj-p79j-c9hh.
    test('a page of somebody else`s does nothing with what a browser adds by itself', async () => {
      const estate = await settle(await house().tenant())
      const token = estate.admin.token ?? ''
      for (const route of routes.filter(
        ({ method, asked }) => method !== 'GET' && asked.by === 'caller',
      )) {
        const body = Buffer.from(JSON.stringify(callOf(route, estate).body ?? {}))
        for (const type of TYPES) {
          const headers = {
            ...{
              'content-type': type,
              origin: 'https://evil.example',
              'sec-fetch-site': 'cross-site',
            },
            cookie: `token=${token}; authorization=Bearer ${token}; session=${token}`,
          }
          const target = targetOf(route, callOf(route, estate))
          const answer = await estate.admin.as(null).send(route.method, target, { body, headers })
          answer.expect(401)
        }
      }
    })

    // Bug class 75: nobody is let in who asks first, either.
    test('no answer opens itself to pages, sets a cookie, or may be shown as one', async () => {
      const estate = await settle(await house().tenant())
      for (const route of routes) {
        const target = targetOf(route, callOf(route, estate))
        const asking = {
          ...{ origin: 'https://evil.example', 'access-control-request-method': route.method },
          'access-control-request-headers': 'authorization',
        }
        for (const [method, api] of [
          ['OPTIONS', estate.admin],
          ['GET', estate.admin],
          ['GET', estate.admin.as(null)],
        ] as const) {
          const { headers } = await api.send(method, target, { headers: asking })
          const names = Object.keys(headers)
          assert.ok(!names.some((name) => /^access-control-|^set-cookie$/.test(name)), names.join())
          assert.equal(headers['x-content-type-options'], 'nosniff')
          assert.equal(headers['cache-control'], 'no-store')
        }
      }
    })

    // Bug class 82: CVE-2026-33758, CVE-2023-2121, CVE-2024-55224.
    test('markup comes back as JSON, wherever it was sent', async () => {
      const { admin } = await house().tenant()
      const credential = { type: 'key', name: MARKUP, payload: 'v', description: MARKUP }
      const escaped = encodeURIComponent(MARKUP)
      const answers = [
        await admin.post('/v5/credentials', credential),
        await admin.post('/v5/credentials', credential),
        await admin.get('/v5/credentials'),
        await admin.get(`/v5/credentials/name/${escaped}`),
        await admin.post('/v5/sgp/secrets', { key: MARKUP, value: 'v' }),
        await admin.get(`/v5/sgp/secrets?sort_by=${escaped}`),
        await admin.get(`/strongroom/v1/users/${escaped}`),
        await admin.get(`/strongroom/v1/${escaped}`),
        await admin.get(`/${escaped}`),
        await admin.get(`/api/svc/v1/${escaped}`),
        await admin.as(MARKUP.replaceAll(/[^\x20-\x7e]/g, '')).get('/strongroom/v1/whoami'),
        await admin.send('POST', '/v5/credentials', { body: Buffer.from(MARKUP) }),
      ]
      for (const { headers, text, status } of answers) {
        assert.match(headers['content-type'] ?? '', /^application\/json/, `${status} ${text}`)
        assert.equal(headers['x-content-type-options'], 'nosniff')
        assert.doesNotThrow(() => JSON.parse(text) as unknown)
      }
      assert.deepEqual(
        [...new Set(answers.map(({ status }) => status))].sort(),
        [200, 401, 404, 409, 422],
      )
    })
  },
  ['SQLite'],
)
