import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { Kms } from '#ports/kms.ts'

/** A Kms with nothing wrapped yet, and what it takes to try it. */
export interface OpenKms {
  readonly kms: Kms
  /** The same root keys as after a restart. */
  readonly reopen: () => Promise<Kms>
  /** Does what a person must do before `rotate()`, if anything. */
  readonly prepareRotation: () => Promise<void>
}

const context = Buffer.from('account key of somebody, generation 1')

/** What every Kms must do; `open` gives a new one, with root keys of its own, at each call. */
export function exerciseKms(label: string, open: (t: TestContext) => Promise<OpenKms>): void {
  test(`${label}: unwraps what it wrapped, also after a restart`, async (t) => {
    const { kms, reopen } = await open(t)
    const key = randomBytes(32)
    const given = Buffer.from(key)
    const wrapped = await kms.wrap(context, given)
    assert.deepEqual(given, key, 'the key given is left as it was')
    assert.notDeepEqual(await kms.wrap(context, key), wrapped, 'never wraps twice alike')
    assert.equal(Buffer.from(wrapped).includes(key), false)
    assert.deepEqual(Buffer.from(await kms.unwrap(context, wrapped)), key)
    const again = await reopen()
    assert.deepEqual(Buffer.from(await again.unwrap(context, wrapped)), key)
    assert.equal(again.fingerprint, kms.fingerprint)
    assert.equal(again.kind, kms.kind)
    assert.deepEqual(again.fingerprints, [kms.fingerprint])
  })

  test(`${label}: opens nothing that is altered, cut or of another context`, async (t) => {
    const { kms } = await open(t)
    const wrapped = Buffer.from(await kms.wrap(context, randomBytes(32)))
    const refused = { name: 'WrongRootKey' }
    await assert.rejects(kms.unwrap(Buffer.from('another'), wrapped), refused)
    await assert.rejects(kms.unwrap(Buffer.alloc(0), wrapped), refused)
    for (let at = 0; at < wrapped.length; at++) {
      const altered = Buffer.from(wrapped)
      altered[at] = (altered[at] ?? 0) ^ 1
      await assert.rejects(kms.unwrap(context, altered), refused)
      await assert.rejects(kms.unwrap(context, wrapped.subarray(0, at)), refused)
    }
    await assert.rejects(kms.wrap(context, randomBytes(16)))
  })

  test(`${label}: keeps older root keys until they are retired`, async (t) => {
    const { kms, reopen, prepareRotation } = await open(t)
    const key = randomBytes(32)
    const before = kms.fingerprint
    const old = await kms.wrap(context, key)
    await prepareRotation()
    const after = await kms.rotate()
    const fresh = await kms.wrap(context, key)
    assert.notEqual(after, before)
    for (const held of [kms, await reopen()]) {
      assert.equal(held.fingerprint, after)
      assert.deepEqual(held.fingerprints, [after, before])
      assert.deepEqual(Buffer.from(await held.unwrap(context, old)), key)
      assert.deepEqual(Buffer.from(await held.unwrap(context, fresh)), key)
    }
    await kms.retire()
    for (const held of [kms, await reopen()]) {
      assert.deepEqual(held.fingerprints, [after])
      assert.deepEqual(Buffer.from(await held.unwrap(context, fresh)), key)
      await assert.rejects(held.unwrap(context, old), {
        name: 'WrongRootKey',
        message: new RegExp(`${before}.*${after}`),
      })
    }
  })

  test(`${label}: names the root key that it lacks`, async (t) => {
    const { kms } = await open(t)
    const other = await open(t)
    const wrapped = await other.kms.wrap(context, randomBytes(32))
    await assert.rejects(kms.unwrap(context, wrapped), {
      name: 'WrongRootKey',
      message: new RegExp(`${other.kms.fingerprint}.*${kms.fingerprint}`),
    })
  })

  test(`${label}: wraps and unwraps many at once`, async (t) => {
    const { kms } = await open(t)
    const keys = Array.from({ length: 50 }, () => randomBytes(32))
    const wrapped = await Promise.all(keys.map((key) => kms.wrap(context, key)))
    const opened = await Promise.all(wrapped.map((blob) => kms.unwrap(context, blob)))
    assert.deepEqual(
      opened.map((key) => Buffer.from(key)),
      keys,
    )
  })
}
