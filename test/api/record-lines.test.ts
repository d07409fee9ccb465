import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onEachEngine } from '#test/support/house.ts'
import { requestBytes, sendRaw } from '#test/support/raw.ts'

const own = '/strongroom/v1'

/** What would begin a line of its own, end one, or steer a terminal, where lines are made of text. */
const BREAKS = [
  ...['\n', '\r', '\r\n', '\u2028', '\u2029', '\u0085', '\u000b', '\u000c', '\u0000', '\u001b[2J'],
  ...[
    '\u202e',
    '\\n',
    '\\',
    '"',
    '","outcome":"allowed","x":"',
    '}{',
    '%0d%0a',
    '\u0008',
    '\u007f',
  ],
]

const FORGED = '{"api":"strongroom","action":"forged","outcome":"allowed"}'
const texts = BREAKS.map((one) => `a${one}${FORGED}${one}b`)

onEachEngine(
  (house) => {
    // Bug class 63: CVE-2023-6484.
    test('whatever a name holds, the record has one line of JSON for one request, and the name in it', async () => {
      const { admin } = await house().tenant()
      await house().record.texts()
      let taken = 0
      for (const name of texts) {
        const credential = { type: 'key', name, payload: 'v' }
        const answers = [
          await admin.post('/v5/credentials', credential),
          await admin.post(`${own}/teams`, { name: name.slice(0, 100) }),
          await admin.post(`${own}/groups`, { name }),
          await admin.get(`/v5/credentials/name/${encodeURIComponent(name)}`),
          await admin.get(`${own}/users/${encodeURIComponent(name)}`),
        ]
        const lines = await house().record.texts()
        assert.equal(lines.length, answers.length)
        for (const line of lines) {
          assert.doesNotMatch(line, /[\u0000-\u001f]/, JSON.stringify(line))
          const entry = JSON.parse(line) as Record<string, unknown>
          assert.notEqual(entry['action'], 'forged')
          assert.equal(JSON.stringify(entry), line)
        }
        taken += answers.filter(({ status }) => status === 200).length
      }
      assert.ok(taken > 10)
      const listed = (await admin.get(`${own}/audit?limit=1000`)).expect(200).list('data')
      assert.ok(!listed.some(({ action }) => action === 'forged'))
      assert.ok(listed.some(({ name }) => texts.some((text) => text === name)))
    })

    // Bug class 63: headers of a request, which others write into their logs.
    test('whatever a header holds, the record has one line for one request', async () => {
      const { admin } = await house().tenant()
      await house().record.texts()
      let sent = 0
      for (const name of [
        'user-agent',
        'x-request-id',
        'x-forwarded-for',
        'referer',
        'x-real-ip',
      ]) {
        for (const one of texts) {
          const value = Buffer.from(one.replaceAll(/[\r\n\0]/g, ' ')).toString('latin1')
          const headers = [
            ['authorization', `Bearer ${admin.token ?? ''}`],
            [name, value],
          ] as const
          const target = `${own}/whoami`
          const request = { method: 'GET', target, headers, body: null }
          const { status } = await sendRaw(
            house().server.url,
            requestBytes(house().server.url, request),
          )
          assert.ok([200, 400].includes(status), `${name}: ${status}`)
          sent += status === 200 ? 1 : 0
        }
      }
      const lines = await house().record.texts()
      assert.equal(lines.length, sent)
      for (const line of lines) {
        assert.ok(!line.includes('forged'), line)
        assert.ok(line.includes('"from":"127.0.0.1"'), line)
      }
    })
  },
  ['SQLite'],
)
