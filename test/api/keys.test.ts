import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import type { Answer, Api } from '#test/support/api.ts'
import { onEachEngine } from '#test/support/house.ts'

const own = '/strongroom/v1'
const READERS = 8

const fingerprints = async (dataDir: string): Promise<readonly string[]> => {
  const text = await readFile(`${dataDir}.key`, 'utf8')
  return text.split('\n').flatMap((line) => /^[0-9a-f]{4}(?:-[0-9a-f]{4}){3}(?= )/.exec(line) ?? [])
}

/** Reads on, one after the other, until told to stop; gives every answer. */
function readOn(api: Api, path: string): () => Promise<readonly Answer[]> {
  const reader = { stopped: false }
  const answers: Answer[] = []
  const running = (async () => {
    while (!reader.stopped) answers.push(await api.get(path))
  })()
  return async () => {
    reader.stopped = true
    await running
    return answers
  }
}

onEachEngine((house) => {
  test('the root key is rotated while secrets are read and made, and nothing fails', async () => {
    const { operator, server } = house()
    const { admin } = await house().tenant()
    const made = (await admin.post('/v5/sgp/secrets', { key: 'k', value: 'kept' })).expect(200)
    const path = `${own}/secrets/${made.str('id')}/value`
    const readers = Array.from({ length: READERS }, () => readOn(admin, path))
    const before = await fingerprints(server.dataDir)
    const seen = new Set(before)
    for (let n = 0; n < 5; n++) {
      const rotated = (await operator.post(`${own}/keys/rotate`)).expect(200)
      assert.ok(rotated.num('keys') >= 4, 'every account`s key and both of the installation')
      assert.ok(!seen.has(rotated.str('fingerprint')), 'the root key is not a new one')
      seen.add(rotated.str('fingerprint'))
      assert.deepEqual(await fingerprints(server.dataDir), [rotated.str('fingerprint')])
      ;(await admin.post('/v5/sgp/secrets', { key: `k${n}`, value: `at ${n}` })).expect(200)
    }
    let reads = 0
    for (const stop of readers) {
      for (const answer of await stop()) {
        assert.equal(answer.expect(200).str('value'), 'kept')
        reads += 1
      }
    }
    assert.ok(reads >= READERS, 'nobody read')
    const values = (await admin.get(`${own}/groups/secrets/values`)).expect(200).list('data')
    assert.deepEqual(
      values.map(({ value }) => value),
      ['kept', 'at 0', 'at 1', 'at 2', 'at 3', 'at 4'],
    )
  })

  test('accounts made while root keys are rotated work afterwards', async () => {
    const { operator } = house()
    const admins: Api[] = []
    for (let n = 0; n < 10; n++) {
      const [rotated, ...made] = await Promise.all([
        operator.post(`${own}/keys/rotate`),
        ...Array.from({ length: 4 }, () => house().tenant()),
      ])
      rotated.expect(200)
      admins.push(...made.map(({ admin }) => admin))
    }
    for (const admin of admins) {
      ;(await admin.post('/v5/sgp/secrets', { key: 'k', value: 'v' })).expect(200)
    }
  })

  test('two rotations at once both end, and leave one root key in use', async () => {
    const { operator, server } = house()
    const { admin } = await house().tenant()
    const answers = await Promise.all([
      operator.post(`${own}/keys/rotate`),
      operator.post(`${own}/keys/rotate`),
      operator.post(`${own}/keys/rewrap`),
    ])
    for (const answer of answers) answer.expect(200)
    const rewrapped = (await operator.post(`${own}/keys/rewrap`)).expect(200)
    assert.deepEqual(await fingerprints(server.dataDir), [rewrapped.str('fingerprint')])
    assert.equal(rewrapped.num('keys'), 0)
    ;(await admin.post('/v5/sgp/secrets', { key: 'k', value: 'v' })).expect(200)
  })

  test('a checkpoint covers everything that was answered before', async () => {
    const { operator } = house()
    const { admin } = await house().tenant()
    const made = (await admin.post('/v5/sgp/secrets', { key: 'k', value: 'v' })).expect(200)
    const target = made.str('id')
    const [entry] = (await admin.get(`${own}/audit?target=${target}`)).expect(200).list('data')
    const first = (await operator.post(`${own}/audit/checkpoint`)).expect(200)
    assert.ok(first.num('size') >= Number(entry?.['seq']))
    assert.match(
      first.str('note'),
      /^strongroom\/c[0-9a-z]{24}\n[0-9]+\n\S+\n\n— strongroom\/\S+ \S+\n$/,
    )
    const second = (await operator.post(`${own}/audit/checkpoint`)).expect(200)
    assert.ok(second.num('size') > first.num('size'))
  })
})
