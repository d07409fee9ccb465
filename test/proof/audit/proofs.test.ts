import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test, type TestContext } from 'node:test'
import { readCheckpoint } from '#crypto/checkpoint.ts'
import { leafHash } from '#crypto/merkle.ts'
import { parseVerifierKey } from '#crypto/note.ts'
import { isConsistent, isIncluded, type TreeHead } from '#crypto/proof.ts'
import { Api, type Answer } from '#test/support/api.ts'
import { startServer } from '#test/support/server.ts'
import { figures, sized } from '#test/support/tier.ts'

/**
 * What a tenant can check without the log: that an entry of its own is in the log of a signed
 * checkpoint, and that the log only grew since a checkpoint it kept.
 */

const own = '/strongroom/v1'

async function started(t: TestContext) {
  const server = await startServer()
  t.after(() => server.stop())
  const key = parseVerifierKey((await readFile(`${server.dataDir}.vkey`, 'utf8')).trim())
  assert.ok(key)
  const headOf = (note: string): TreeHead => {
    const read = readCheckpoint(note, key.name, key.publicKey)
    assert.ok(read.ok, 'the note is not signed by the key of the vault')
    return read.value
  }
  return { api: new Api(server.url, server.token), headOf }
}

const hashesOf = (answer: Answer): readonly Buffer[] =>
  (answer.json['hashes'] as readonly string[]).map((hash) => Buffer.from(hash, 'base64'))

/** An entry that says something else. */
const changed = (record: string): string => record.replace('"allowed"', '"refused"')

test('every entry is shown to be in the log, and none that was changed', async (t) => {
  const { api, headOf } = await started(t)
  const count = sized(1_500, 5_000)
  for (let n = 0; n < count; n += 20) {
    const some = Array.from({ length: 20 }, (_, m) => api.get(`${own}/secrets?name=s${n + m}`))
    for (const answer of await Promise.all(some)) answer.expect(200)
  }
  const trees = new Set<number>()
  for (let seq = 1; seq <= count; seq += 97) {
    const answer = (await api.get(`${own}/audit/${seq}/proof`)).expect(200)
    const { size, root } = headOf(answer.str('note'))
    assert.equal(answer.num('size'), size)
    trees.add(size)
    const [record, hashes] = [answer.str('record'), hashesOf(answer)]
    const of = (text: string, index: number) => ({ index, leaf: leafHash(text), size, root })
    assert.ok(isIncluded(of(record, seq - 1), hashes), `entry ${seq} of ${size}`)
    assert.ok(!isIncluded(of(changed(record), seq - 1), hashes))
    assert.ok(
      !isIncluded(of(record, Math.floor(seq + size / 2) % size), hashes),
      `${seq} elsewhere`,
    )
    const other = hashes.with(seq % hashes.length, Buffer.alloc(32, seq))
    assert.ok(!isIncluded(of(record, seq - 1), other))
  }
  ;(await api.get(`${own}/audit/999999/proof`)).expect(404)
  figures(t, 'audit-proofs', {
    'entries shown to be in the log': Math.ceil(count / 97),
    trees: trees.size,
  })
})

test('a log is shown to have only grown, and another one is not', async (t) => {
  const { api, headOf } = await started(t)
  const stranger = await started(t)
  const kept: TreeHead[] = []
  for (let n = 0; n < sized(20, 200); n++) {
    const note = (await api.post(`${own}/audit/checkpoint`, null)).expect(200).str('note')
    const answer = (await api.get(`${own}/audit/growth?from=${headOf(note).size}`)).expect(200)
    assert.ok(isConsistent(headOf(note), headOf(answer.str('note')), hashesOf(answer)))
    kept.push(headOf(note))
  }
  for (const old of kept) {
    const answer = (await api.get(`${own}/audit/growth?from=${old.size}`)).expect(200)
    const now = headOf(answer.str('note'))
    assert.ok(isConsistent(old, now, hashesOf(answer)), `${old.size} to ${now.size}`)
    assert.ok(!isConsistent({ ...old, root: Buffer.alloc(32, 7) }, now, hashesOf(answer)))
  }
  const [first] = kept
  assert.ok(first)
  for (let n = 0; n < first.size + 2; n++) await stranger.api.get(`${own}/whoami`)
  const forked = (await stranger.api.get(`${own}/audit/growth?from=${first.size}`)).expect(200)
  const head = stranger.headOf(forked.str('note'))
  assert.ok(!isConsistent(first, head, hashesOf(forked)), 'another log passes for this one')
  ;(await api.get(`${own}/audit/growth?from=999999`)).expect(422)
  figures(t, 'audit-proofs', { 'checkpoints shown to be kept': kept.length })
})
