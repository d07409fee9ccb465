import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dialects } from '#server/registry.ts'
import { sendRaw } from '#test/support/raw.ts'
import { asking, flood } from './flood.ts'
import { counted, limited } from './vault.ts'

const WHOAMI = '/strongroom/v1/whoami'
const LIMIT = 30
const EACH = 300

/** Requests that nobody looks up a token for; each would cost a line of the record. */
const strangers: Readonly<Record<string, (n: number) => string>> = {
  'no token': () => asking(WHOAMI),
  'an empty token': () => asking(WHOAMI, { authorization: 'Bearer ' }),
  'another scheme': () => asking(WHOAMI, { authorization: 'Basic YTpi' }),
  'two tokens': () => asking('/v5/sgp/secrets', { authorization: 'Bearer a', 'x-api-key': 'b' }),
  'no token by its looks': (n) => asking(WHOAMI, { authorization: `Bearer sr_user_${n}` }),
  'a very long token': (n) => asking(WHOAMI, { 'x-api-key': `${n}${'a'.repeat(4_000)}` }),
  'an unknown path': (n) => asking(`/nowhere/${n}`),
  'an unknown path of an API': (n) => asking(`/strongroom/v1/nowhere/${n}`),
  'a path that is none': () => asking('/strongroom/v1/%zz'),
  'an OpenAPI document': () => asking('/strongroom/v1/openapi.json'),
  'a guess at what waits for a login': (n) =>
    asking(`/api/v1/auth_challenge/status?challenge=${n}`, { authorization: `Bearer ${n}` }),
}

function* repeat(count: number, make: (n: number) => string): Generator<string, undefined> {
  for (let n = 0; n < count; n++) yield make(n)
  return undefined
}

// Bug class 86.
test('what shows no token has a budget too, so nobody fills the record; health has none', async (t) => {
  const vault = await limited(t, '--failed-limit', String(LIMIT))
  const { server, admin } = vault
  ;(await admin.get(WHOAMI)).expect(200)
  await vault.lines()
  const began = performance.now()
  let turned = 0
  for (const [name, make] of Object.entries(strangers)) {
    const { statuses } = await flood(server.url, repeat(EACH, make))
    assert.ok((statuses[429] ?? 0) > EACH - LIMIT * 3, `${name}: ${JSON.stringify(statuses)}`)
    assert.ok(Object.keys(statuses).every((status) => Number(status) < 500))
    turned += statuses[429] ?? 0
    ;(await admin.get(WHOAMI)).expect(200)
    ;(await admin.get('/strongroom/v1/nowhere')).expect(404)
  }
  assert.deepEqual(
    (
      await flood(
        server.url,
        repeat(EACH, () => asking('/health')),
      )
    ).statuses,
    {
      200: EACH,
    },
  )
  const minutes = (performance.now() - began) / 60_000
  const nobodys = (await vault.end()).filter(({ subject, from }) => !subject && from !== 'local')
  const lines = nobodys.filter(({ count }) => count === undefined).length
  assert.ok(lines <= LIMIT * (1 + minutes) + 12 + 2, `${lines} lines`)
  assert.equal(counted(nobodys, 'too_many'), turned)
})

// Bug class 85.
test('each API says it in its own voice, before it has read the body', async (t) => {
  const vault = await limited(t, '--failed-limit', '1')
  const { server } = vault
  await flood(
    server.url,
    repeat(3, () => asking(WHOAMI)),
  )
  for (const dialect of dialects) {
    for (const { method, path } of dialect.routes) {
      const target = path.replace(/:[A-Za-z_]+/g, '1')
      // A body is promised, and none comes.
      const headers = { 'content-length': '1000000', 'content-type': 'application/json' }
      const answer = await firstAnswer(server.url, `${method}${asking(target, headers).slice(3)}`)
      assert.equal(answer.status, 429, `${method} ${target}`)
      const said = dialect.refuse({ kind: 'too_many', retryAfterS: answer.wait }, {})
      assert.deepEqual(JSON.parse(answer.body), said.body)
      assert.ok(answer.wait >= 1 && answer.wait <= 60)
    }
  }
})

async function firstAnswer(url: string, text: string) {
  const { status, headers, body } = await sendRaw(url, Buffer.from(text, 'latin1'))
  const wait = Number(headers.find(([name]) => name === 'retry-after')?.[1])
  return { status, wait, body: body.toString('utf8') }
}
