import assert from 'node:assert/strict'
import { createPublicKey } from 'node:crypto'
import { test } from 'node:test'
import { SignJWT, UnsecuredJWT, type JWTPayload } from 'jose'
import { looksLikeJwt, signJwt, verifyJwt, type JwtClaims } from './jwt.ts'
import { signingKey } from './signing-key.ts'

const key = signingKey(new Uint8Array(32).fill(7))
const other = signingKey(new Uint8Array(32).fill(8))
const ISSUER = 'strongroom/c1'
const NOW = 1_800_000_000_000

const claims: JwtClaims = {
  ...{ keyId: 'abcDEF123456', subject: 'c2', subjectKind: 'user', userName: 'a@example.com' },
  ...{ email: 'a@example.com', tenantName: 'main', issuedAt: NOW, expiresAt: NOW + 60_999 },
}

const payloadOf = (text: string): JWTPayload =>
  JSON.parse(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString()) as JWTPayload

test('a JWT of ours is taken until its end, and says who bears it', async () => {
  const text = await signJwt(key, ISSUER, claims)
  assert.ok(looksLikeJwt(text))
  assert.equal(await verifyJwt(key, ISSUER, text, NOW), claims.keyId)
  assert.equal(await verifyJwt(key, ISSUER, text, NOW + 59_000), claims.keyId)
  assert.equal(await verifyJwt(key, ISSUER, text, NOW + 60_000), null)
  assert.deepEqual(payloadOf(text), {
    ...{ iss: ISSUER, aud: ISSUER, sub: 'c2', jti: claims.keyId },
    ...{ iat: NOW / 1_000, exp: NOW / 1_000 + 60 },
    ...{
      tenantName: 'main',
      username: 'a@example.com',
      email: 'a@example.com',
      subjectType: 'user',
    },
  })
})

test('a service account is told apart, and has no address', async () => {
  const text = await signJwt(key, ISSUER, {
    ...{ ...claims, subjectKind: 'service_account', email: null, userName: 'builder' },
  })
  const { subjectType, email, username } = payloadOf(text)
  assert.deepEqual([subjectType, email, username], ['virtualaccount', undefined, 'builder'])
})

// Bug classes 50, 51.
test('another key, issuer or audience is no token of ours', async () => {
  const text = await signJwt(key, ISSUER, claims)
  assert.equal(await verifyJwt(other, ISSUER, text, NOW), null)
  assert.equal(await verifyJwt(key, 'strongroom/c9', text, NOW), null)
  assert.equal(await verifyJwt(key, ISSUER, await signJwt(other, ISSUER, claims), NOW), null)
  const base = () =>
    new SignJWT({})
      .setJti('j')
      .setSubject('s')
      .setExpirationTime(NOW / 1_000 + 9)
  const header = { alg: 'EdDSA', typ: 'JWT' }
  const good = await base()
    .setIssuer(ISSUER)
    .setAudience(ISSUER)
    .setProtectedHeader(header)
    .sign(key)
  assert.equal(await verifyJwt(key, ISSUER, good, NOW), 'j')
  for (const one of [
    base().setIssuer(ISSUER),
    base().setAudience(ISSUER),
    base().setIssuer(ISSUER).setAudience('other'),
  ]) {
    const text2 = await one.setProtectedHeader(header).sign(key)
    assert.equal(await verifyJwt(key, ISSUER, text2, NOW), null)
  }
})

// Bug classes 45, 46.
test('an algorithm that the token names decides nothing', async () => {
  const said = payloadOf(await signJwt(key, ISSUER, claims))
  const none = new UnsecuredJWT(said).encode()
  assert.equal(await verifyJwt(key, ISSUER, none, NOW), null)
  const pem = Buffer.from(createPublicKey(key).export({ format: 'pem', type: 'spki' }))
  const hmac = await new SignJWT(said).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(pem)
  assert.equal(await verifyJwt(key, ISSUER, hmac, NOW), null)
})

// Bug classes 6, 40.
test('a token without an end, an id or a bearer is none', async () => {
  const { exp, jti, sub, ...rest } = payloadOf(await signJwt(key, ISSUER, claims))
  const header = { alg: 'EdDSA', typ: 'JWT' }
  const sign = (said: JWTPayload) => new SignJWT(said).setProtectedHeader(header).sign(key)
  const whole = { ...rest, exp: exp ?? 0, jti: jti ?? '', sub: sub ?? '' }
  assert.equal(await verifyJwt(key, ISSUER, await sign(whole), NOW), claims.keyId)
  for (const member of ['exp', 'jti', 'sub'] as const) {
    const less = Object.fromEntries(Object.entries(whole).filter(([name]) => name !== member))
    assert.equal(await verifyJwt(key, ISSUER, await sign(less), NOW), null, member)
  }
})

// Bug class 55.
test('a JWT with any one character changed is refused', async () => {
  const text = await signJwt(key, ISSUER, claims)
  for (let at = 0; at < text.length; at++) {
    const swapped = text[at] === 'A' ? 'B' : 'A'
    const changed = text.slice(0, at) + swapped + text.slice(at + 1)
    const taken = await verifyJwt(key, ISSUER, changed, NOW)
    // The last character of a signature has bits that count for nothing; the digest sees those.
    if (at < text.length - 1) assert.equal(taken, null, `character ${at}`)
  }
})

test('a JWT has one text: what base64 is lenient about is not', async () => {
  const text = await signJwt(key, ISSUER, claims)
  for (const other of [`${text}=`, `${text}\n`, text.replace(/\.(?=[^.]*$)/, '.\n'), ` ${text}`]) {
    assert.equal(await verifyJwt(key, ISSUER, other, NOW), null)
  }
})

// Bug class 54.
test('what is no JWT is refused without an error', async () => {
  for (const text of [
    '',
    '.',
    '..',
    'a.b.c',
    'eyJ.e30.',
    'eyJhbGciOiJFZERTQSJ9..',
    'eyJ9.eyJ9.eyJ9',
  ]) {
    assert.equal(await verifyJwt(key, ISSUER, text, NOW), null, text)
  }
  assert.ok(!looksLikeJwt('sr_user_x'))
  assert.ok(!looksLikeJwt('eyJhbGciOiJub25lIn0.e30.'))
})
