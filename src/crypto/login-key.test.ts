import assert from 'node:assert/strict'
import { constants, generateKeyPairSync, privateDecrypt, type KeyObject } from 'node:crypto'
import { test } from 'node:test'
import { encryptForLogin, readLoginKey } from './login-key.ts'

const pem = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' })

const rsa = (modulusLength: number, publicExponent = 65_537) =>
  generateKeyPairSync('rsa', { modulusLength, publicExponent })

const { publicKey, privateKey } = rsa(2_048)

// Bug class 92.
test('what is encrypted for a login is opened by its key, with SHA-256 for both hashes', () => {
  const key = readLoginKey(pem(publicKey))
  assert.ok(key !== null)
  const text = Buffer.from('a token')
  const first = encryptForLogin(key, text)
  assert.equal(first.length, 256)
  const padding = constants.RSA_PKCS1_OAEP_PADDING
  const opened = privateDecrypt({ key: privateKey, padding, oaepHash: 'sha256' }, first)
  assert.deepEqual(opened, text)
  assert.notDeepEqual(encryptForLogin(key, text), first)
  assert.throws(() => privateDecrypt({ key: privateKey, padding, oaepHash: 'sha1' }, first))
})

test('only an RSA key of 2048 bits or more, as PEM and alone, is one', () => {
  const sound = pem(publicKey)
  assert.ok(readLoginKey(sound.replaceAll('\n', '\r\n')) !== null)
  const pkcs1 = publicKey.export({ type: 'pkcs1', format: 'pem' })
  const secret = privateKey.export({ type: 'pkcs8', format: 'pem' })
  const odd: Readonly<Record<string, string>> = {
    empty: '',
    text: 'no key at all',
    cut: sound.slice(0, -40),
    'on one line': sound.replaceAll('\n', ''),
    twice: sound + sound,
    'after text': `x\n${sound}`,
    pkcs1,
    private: secret,
    short: pem(rsa(1_024).publicKey),
    'of a small exponent': pem(rsa(2_048, 3).publicKey),
    elliptic: pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey),
    Edwards: pem(generateKeyPairSync('ed25519').publicKey),
    long: `${sound}${' '.repeat(4_096)}`,
  }
  for (const [what, text] of Object.entries(odd)) assert.equal(readLoginKey(text), null, what)
})
