import assert from 'node:assert/strict'
import crypto, { createSecretKey, randomBytes, type Cipheriv, type KeyObject } from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { test, type TestContext } from 'node:test'
import { idOf } from '#test/support/places.ts'
import { serverSubkey } from './derive.ts'
import { rowMac, type MacRow } from './row-mac.ts'
import { mintToken } from './token.ts'
import { openXaes, sealXaes } from './xaes.ts'

/**
 * Keys are objects of the runtime, or bytes that are cleared once they were used: what goes through
 * the runtime is watched on its way, and looked at again when the work is done.
 */

interface Passed {
  readonly bytes: Uint8Array
  readonly was: Uint8Array
}

function watched(t: TestContext): readonly Passed[] {
  const passed: Passed[] = []
  const pass = <T>(bytes: T): T => {
    if (bytes instanceof Uint8Array) passed.push({ bytes, was: Uint8Array.from(bytes) })
    return bytes
  }
  const { createSecretKey: make, createCipheriv: cipher } = crypto
  const replace = (now: Partial<typeof crypto>) => {
    Object.assign(crypto, now)
    syncBuiltinESMExports()
  }
  t.after(() => {
    replace({ createSecretKey: make, createCipheriv: cipher })
  })
  const opened = (...parts: Parameters<typeof cipher>): Cipheriv => {
    const one = cipher(...parts)
    const update = one.update.bind(one)
    const isKeyMade = parts[0] === 'aes-256-ecb'
    return Object.assign(one, {
      update: (data: Uint8Array) => (isKeyMade ? pass(update(data)) : update(data)),
    })
  }
  replace({
    createSecretKey: ((raw: Uint8Array) => make(pass(raw))) as typeof make,
    createCipheriv: opened as typeof cipher,
  })
  return passed
}

const isClear = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0)

/** That so many keys went through, and nothing is left of them. */
function allCleared(passed: readonly Passed[], count: number): void {
  assert.equal(passed.length, count)
  for (const { bytes, was } of passed) {
    assert.ok(!isClear(was), 'there was nothing to clear')
    assert.ok(isClear(bytes), 'a key is left behind')
  }
}

const aKey = (): KeyObject => createSecretKey(randomBytes(32))

test('the sub-key of a server is cleared where it was made', (t) => {
  const key = aKey()
  const passed = watched(t)
  serverSubkey(key, 'cursor-mac')
  allCleared(passed, 1)
})

test('the key of row MACs is made once for an account key, and cleared where it was', (t) => {
  const key = { key: aKey(), generation: 1 }
  const row: MacRow = {
    ...{ id: idOf('1'), account: idOf('2'), group: idOf('3'), name: 'N', description: null },
    ...{ type: null, metadata: null, file: false, current: 1, deletedAt: null },
  }
  const passed = watched(t)
  const mac = rowMac(key, row)
  assert.deepEqual(rowMac(key, row), mac)
  allCleared(passed, 1)
})

test('what XAES makes of its key is cleared, when it seals, opens and refuses', (t) => {
  const [key, nonce, aad] = [aKey(), randomBytes(24), Buffer.from('aad')]
  const passed = watched(t)
  const sealed = sealXaes(key, nonce, Buffer.from('value'), aad)
  allCleared(passed, 2)
  assert.equal(Buffer.from(openXaes(key, nonce, sealed, aad)).toString(), 'value')
  allCleared(passed, 4)
  assert.throws(() => openXaes(key, nonce, sealed, Buffer.from('else')))
  allCleared(passed, 6)
})

test('what a token was drawn from is cleared', () => {
  const drawn: Uint8Array[] = []
  const { text } = mintToken('user', (length) => {
    const bytes = randomBytes(length)
    drawn.push(bytes)
    return bytes
  })
  assert.equal(text.length, 70)
  assert.ok(drawn.length >= 2 && drawn.every(isClear))
})
