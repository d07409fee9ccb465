import assert from 'node:assert/strict'
import { createHmac, createSecretKey, hkdfSync, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { GCM_TAG_BYTES, openGcm, sealGcm } from './gcm.ts'
import { verifyingKey } from './signing-key.ts'

/** One of the files of C2SP/wycheproof under test/vectors/wycheproof, as it says it is. */
interface Suite<Group, Test> {
  readonly numberOfTests: number
  readonly testGroups: readonly (Group & { readonly tests: readonly (Test & Verdict)[] })[]
}
interface Verdict {
  readonly tcId: number
  readonly comment: string
  readonly result: 'valid' | 'invalid'
}

function read<Group, Test>(name: string): Suite<Group, Test> {
  const url = new URL(import.meta.resolve(`#test/vectors/wycheproof/${name}_test.json`))
  return JSON.parse(readFileSync(url, 'utf8')) as Suite<Group, Test>
}

const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex')

/** Counts verdicts, so that a run over nothing is a failure. */
class Tally {
  readonly counts = { valid: 0, invalid: 0 }

  check(test: Verdict, held: boolean): void {
    assert.equal(held, test.result === 'valid', `test ${test.tcId}: ${test.comment}`)
    this.counts[test.result] += 1
  }
}

test('AES-256-GCM with 96-bit nonces', () => {
  type Sizes = { readonly keySize: number; readonly ivSize: number; readonly tagSize: number }
  type Case = Readonly<Record<'key' | 'iv' | 'aad' | 'msg' | 'ct' | 'tag', string>>
  const suite = read<Sizes, Case>('aes_gcm')
  assert.equal(suite.numberOfTests, 316)
  const tally = new Tally()
  for (const group of suite.testGroups) {
    if (group.keySize !== 256 || group.ivSize !== 96) continue
    assert.equal(group.tagSize, 128)
    for (const vector of group.tests) {
      const [key, iv, aad] = [bytes(vector.key), bytes(vector.iv), bytes(vector.aad)]
      const sealed = bytes(vector.ct + vector.tag)
      const opened = openGcm(key, iv, aad, sealed)
      tally.check(vector, opened !== null)
      if (opened === null) continue
      assert.deepEqual(opened, bytes(vector.msg))
      const made = Buffer.alloc(opened.length + GCM_TAG_BYTES)
      sealGcm(key, iv, aad, opened, made, 0)
      assert.deepEqual(made, sealed)
    }
  }
  assert.deepEqual(tally.counts, { valid: 39, invalid: 27 })
})

test('HKDF-SHA-256', () => {
  type Case = Readonly<Record<'ikm' | 'salt' | 'info' | 'okm', string>> & { readonly size: number }
  const suite = read<unknown, Case>('hkdf_sha256')
  const tally = new Tally()
  for (const vector of suite.testGroups.flatMap((group) => group.tests)) {
    const key = createSecretKey(bytes(vector.ikm))
    let made: Buffer | null = null
    try {
      const { salt, info, size } = vector
      made = Buffer.from(hkdfSync('sha256', key, bytes(salt), bytes(info), size))
    } catch {
      // More output than HKDF has: no key at all.
    }
    tally.check(vector, made?.equals(bytes(vector.okm)) ?? false)
  }
  assert.deepEqual(tally.counts, { valid: 83, invalid: 3 })
})

test('HMAC-SHA-256', () => {
  type Case = Readonly<Record<'key' | 'msg' | 'tag', string>>
  const suite = read<{ readonly tagSize: number }, Case>('hmac_sha256')
  const tally = new Tally()
  for (const group of suite.testGroups) {
    for (const vector of group.tests) {
      const key = createSecretKey(bytes(vector.key))
      const mac = createHmac('sha256', key).update(bytes(vector.msg)).digest()
      tally.check(vector, mac.subarray(0, group.tagSize / 8).equals(bytes(vector.tag)))
    }
  }
  assert.deepEqual(tally.counts, { valid: 66, invalid: 108 })
})

test('Ed25519', () => {
  type Keys = { readonly publicKey: { readonly pk: string } }
  type Case = Readonly<Record<'msg' | 'sig', string>>
  const suite = read<Keys, Case>('ed25519')
  const tally = new Tally()
  for (const group of suite.testGroups) {
    const key = verifyingKey(bytes(group.publicKey.pk))
    for (const vector of group.tests) {
      tally.check(vector, verify(null, bytes(vector.msg), key, bytes(vector.sig)))
    }
  }
  assert.deepEqual(tally.counts, { valid: 88, invalid: 63 })
})
