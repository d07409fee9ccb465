import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { test } from 'node:test'
import { settings } from '#server/config.ts'
import { figures, sized } from '#test/support/tier.ts'
import { asking, flood } from './flood.ts'
import { counted, limited, newToken } from './vault.ts'

const WHOAMI = '/strongroom/v1/whoami'
const LIMIT = 60
const REQUESTS = sized(2_000, 100_000)

function* repeat(count: number, text: string): Generator<string, undefined> {
  for (let n = 0; n < count; n++) yield text
  return undefined
}

const by = (token: string, target = WHOAMI): string =>
  asking(target, { authorization: `Bearer ${token}` })

test('a token over its limit is told when to come back; other tokens do not notice', async (t) => {
  const vault = await limited(t, '--request-limit', String(LIMIT))
  const { server, admin } = vault
  const other = admin.as(await newToken(vault, 'other'))
  await vault.lines()
  // Whatever it asks for, there or not.
  const targets = [WHOAMI, '/v5/sgp/secrets', '/strongroom/v1/nowhere', '/nowhere']
  let served = 0
  let turned = 0
  const began = performance.now()
  for (const target of targets) {
    const { statuses } = await flood(server.url, repeat(REQUESTS / 4, by(server.token, target)))
    turned += statuses[429] ?? 0
    served += REQUESTS / 4 - (statuses[429] ?? 0)
    ;(await other.get(WHOAMI)).expect(200)
  }
  const seconds = (performance.now() - began) / 1_000
  assert.ok(served >= LIMIT - 1 && served <= LIMIT + seconds + 1, `${served} in ${seconds} s`)
  const refused = (await admin.get(WHOAMI)).expect(429)
  await pause(Number(refused.headers['retry-after']) * 1_000)
  ;(await admin.get(WHOAMI)).expect(200)
  const lines = (await vault.end()).filter(({ reason }) => reason === 'too_many')
  assert.equal(counted(lines, 'too_many'), turned + 1)
  assert.ok(lines.length <= 2 + seconds / 30, `${lines.length} lines`)
  for (const { token, account } of lines) {
    assert.ok(token !== undefined && account === server.accountId, 'its own account sees it')
  }
  figures(t, 'abuse-requests', {
    requests: REQUESTS,
    seconds: seconds.toFixed(1),
    served,
    'told to wait': turned,
    'lines of the record for those': lines.length,
  })
})

test('by default a token may ask as often as it likes, whatever else its address does', async (t) => {
  const usual = settings.failedLimit.fallback
  const vault = await limited(t, '--failed-limit', usual)
  const { server } = vault
  await flood(server.url, repeat(500, asking(WHOAMI)))
  const { statuses } = await flood(server.url, repeat(REQUESTS, by(server.token)))
  assert.deepEqual(statuses, { 200: REQUESTS })
})
