import assert from 'node:assert/strict'
import { createHmac, createSecretKey, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { crc32 } from 'node:zlib'
import { mintToken, parseToken, tfyForm, TOKEN_TYPES, tokenDigest } from './token.ts'

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

test('parses what it minted, with sr_ or with tfy_ before it', () => {
  for (const type of TOKEN_TYPES) {
    for (let i = 0; i < 200; i++) {
      const { text, keyId } = mintToken(type, randomBytes)
      const expected = { type, keyId, canonical: text }
      assert.deepEqual(parseToken(text), expected)
      assert.deepEqual(parseToken(tfyForm(text)), expected)
    }
  }
})

test('has the shape of docs/formats/token.md', () => {
  const { text, keyId } = mintToken('svc', randomBytes)
  assert.match(text, /^sr_svc_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}$/)
  assert.equal(text.slice(7, 19), keyId)
  let sum = 0
  for (const digit of text.slice(-6)) sum = sum * 62 + DIGITS.indexOf(digit)
  assert.equal(sum, crc32(text.slice(0, -6)))
  assert.equal(mintToken('user', randomBytes).text.length, 70)
})

// Bug class 40.
test('refuses a token with any one character changed, dropped or doubled', () => {
  const { text } = mintToken('user', randomBytes)
  for (let at = 0; at < text.length; at++) {
    for (const digit of '0aZ_-') {
      if (digit === text[at]) continue
      assert.equal(parseToken(text.slice(0, at) + digit + text.slice(at + 1)), null)
    }
    assert.equal(parseToken(text.slice(0, at) + text.slice(at + 1)), null)
    assert.equal(parseToken(text.slice(0, at) + text.slice(at, at + 1) + text.slice(at)), null)
  }
})

// Bug classes 26, 54.
test('gives null, and soon, for whatever else is shown', () => {
  const others = ['', 'sr_', 'Bearer x', 'eyJhbGciOi.eyJzdWIi.c2ln', 'sr_'.repeat(1_000_000), '\0']
  const { text } = mintToken('user', randomBytes)
  others.push(`${text}\n`, ` ${text}`, text.toUpperCase(), text.replace('sr_', 'SR_'))
  others.push(text.replace('user', 'root'), text.replaceAll('_', '-'), `tfy_${text}`)
  for (const other of others) assert.equal(parseToken(other), null)
})

test('the digest is over the canonical form', () => {
  const pepper = createSecretKey(Buffer.alloc(32, 5))
  const { text } = mintToken('user', randomBytes)
  const shown = parseToken(tfyForm(text))
  assert.ok(shown)
  const expected = createHmac('sha256', Buffer.alloc(32, 5)).update(text).digest()
  assert.deepEqual(tokenDigest(pepper, shown.canonical), expected)
})

// Bug class 95.
test('draws every digit as often as any other', () => {
  const counts = new Map<string, number>()
  const rounds = 4_000
  for (let i = 0; i < rounds; i++) {
    const { text } = mintToken('svc', randomBytes)
    for (const digit of text.slice(7, 19) + text.slice(20, 63)) {
      counts.set(digit, (counts.get(digit) ?? 0) + 1)
    }
  }
  const expected = (rounds * 55) / 62
  let chi2 = 0
  for (const digit of DIGITS) chi2 += ((counts.get(digit) ?? 0) - expected) ** 2 / expected
  // 61 degrees of freedom; a fair draw passes 150 less than once in 10^8 runs.
  assert.ok(chi2 < 150, `chi squared is ${chi2}`)
})

test('passes over bytes that would favour the first digits', () => {
  const given = [255, 248, 247, 0, 61, 62]
  let at = 0
  const random = (length: number): Uint8Array =>
    Uint8Array.from({ length }, () => given[at++ % given.length] ?? 0)
  const { text } = mintToken('svc', random)
  assert.equal(text.slice(7, 19), 'z0z0z0z0z0z0')
})

/** A text with the checksum that it would have as a token. */
function summed(body: string): string {
  let [rest, digits] = [crc32(body), '']
  for (let n = 0; n < 6; n++, rest = Math.floor(rest / 62)) {
    digits = DIGITS.charAt(rest % 62) + digits
  }
  return body + digits
}

test('a true checksum makes no token of another shape, and any digits may be in one', () => {
  const body = `sr_user_${'A'.repeat(9)}tfy_${'B'.repeat(43)}`
  const canonical = summed(body)
  assert.deepEqual(parseToken(canonical), { type: 'user', keyId: 'AAAAAAAAAtfy', canonical })
  assert.deepEqual(parseToken(tfyForm(canonical))?.canonical, canonical)
  for (const other of [`x${body}`, `${body}B`, ` ${body}`, body.replace('user', 'team'), '']) {
    assert.equal(parseToken(summed(other)), null, other)
  }
  assert.equal(parseToken(`${canonical}\n`), null)
})
