import assert from 'node:assert/strict'
import { createHmac, createPublicKey, sign } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { looksLikeJwt, signJwt, verifyJwt } from '#crypto/jwt.ts'
import { signingKey } from '#crypto/signing-key.ts'
import { anyText, holds, isFoundOut, nearMissOf, sayHowMuch } from './holds.ts'

/** Tokens that are nearly ours: what a token says of itself decides nothing. */

const key = signingKey(new Uint8Array(32).fill(7))
const otherKey = signingKey(new Uint8Array(32).fill(8))
const ISSUER = 'strongroom/c1'
const NOW_S = 1_800_000_000
const NOW = NOW_S * 1_000

const goodHeader = { alg: 'EdDSA', typ: 'JWT' }
const goodPayload = { iss: ISSUER, aud: ISSUER, sub: 'c2', jti: 'k', iat: NOW_S, exp: NOW_S + 60 }

const part = (of: unknown): string =>
  Buffer.from(typeof of === 'string' ? of : JSON.stringify(of)).toString('base64url')

type Sign = (signed: string) => Buffer

const ours: Sign = (signed) => sign(null, Buffer.from(signed), key)
const nobody: Sign = () => Buffer.alloc(0)

/** A token of these parts; what is text is taken as it is. */
function tokenOf(header: unknown, payload: unknown, by: Sign = ours): string {
  const signed = `${part(header)}.${part(payload)}`
  return `${signed}.${by(signed).toString('base64url')}`
}

const taken = (text: string, now = NOW): Promise<string | null> => verifyJwt(key, ISSUER, text, now)

async function refused(text: string): Promise<void> {
  assert.equal(await taken(text), null)
}

test('the token that all of these are near to is taken', async () => {
  assert.equal(await taken(tokenOf(goodHeader, goodPayload)), 'k')
})

/** The public key in every spelling that anybody might take for a secret. */
function spellings(): readonly Buffer[] {
  const shown = createPublicKey(key)
  const pem = shown.export({ format: 'pem', type: 'spki' })
  const jwk = shown.export({ format: 'jwk' })
  const der = shown.export({ format: 'der', type: 'spki' })
  const texts = [
    ...[pem, pem.trim(), pem.replaceAll('\n', '\r\n'), ` ${pem}`, `\n${pem}`],
    pem.replaceAll('\n', ''),
    pem.replace('BEGIN PUBLIC KEY', 'BEGIN RSA PUBLIC KEY'),
    pem.replace(/-----[^-]+-----\n?/g, ''),
    ...[JSON.stringify(jwk), JSON.stringify({ keys: [jwk] }), jwk.x ?? '', ISSUER, ''],
  ]
  const raw = Buffer.from(jwk.x ?? '', 'base64url')
  return [...texts.map((text) => Buffer.from(text)), der, raw, Buffer.from(raw.toString('hex'))]
}

// Bug classes 45, 48.
test('no MAC under any spelling of the public key is a signature (rows 45, 48)', async () => {
  for (const secret of spellings()) {
    for (const bits of ['256', '384', '512']) {
      const mac: Sign = (signed) => createHmac(`sha${bits}`, secret).update(signed).digest()
      for (const alg of [`HS${bits}`, `hs${bits}`, 'EdDSA', 'Ed25519']) {
        await refused(tokenOf({ ...goodHeader, alg }, goodPayload, mac))
      }
    }
  }
})

// Bug classes 45, 46.
test('no other algorithm is taken, though our key signed (rows 45, 46)', async () => {
  const algorithms = [
    ...['none', 'None', 'NONE', 'nOnE', '', 'eddsa', 'EDDSA', 'EdDSA ', 'Ed448', 'ES256', 'RS256'],
    ...['PS512', 'HS256', 'dir', 'RSA1_5', 'PBES2-HS256+A128KW', 'A256GCMKW', '__proto__'],
    ...[null, undefined, 0, true, ['EdDSA'], ['none', 'EdDSA'], { alg: 'EdDSA' }],
  ]
  for (const alg of algorithms) {
    for (const by of [ours, nobody]) await refused(tokenOf({ ...goodHeader, alg }, goodPayload, by))
  }
  const twice = '{"alg":"EdDSA","typ":"JWT","alg":"none"}'
  for (const by of [ours, nobody]) await refused(tokenOf(twice, goodPayload, by))
  await refused(tokenOf(goodHeader, goodPayload, nobody))
})

/** What a header may name a key by. */
const named = {
  ...{ jku: 'http://127.0.0.1:1/keys', x5u: 'http://127.0.0.1:1/chain', x5c: ['MAA='] },
  jwk: createPublicKey(otherKey).export({ format: 'jwk' }),
}
const kids = [
  ...['../../etc/passwd', "' OR 1=1 --", '__proto__', 'constructor', '', 'http://127.0.0.1:1/'],
  ...['\0', 'k'.repeat(1_000_000), 7, null, ['k'], {}],
]

// Bug classes 47, 48.
test('a key that the token brings or names is not looked at (rows 47, 48)', async (t) => {
  const asked = t.mock.method(globalThis, 'fetch')
  const theirs: Sign = (signed) => sign(null, Buffer.from(signed), otherKey)
  for (const [name, value] of [
    ...Object.entries(named),
    ...kids.map((kid) => ['kid', kid] as const),
  ]) {
    const header = { ...goodHeader, [name]: value }
    await refused(tokenOf(header, goodPayload, theirs))
    await refused(tokenOf(header, goodPayload, nobody))
    assert.equal(await taken(tokenOf(header, goodPayload)), 'k', 'it decides nothing either way')
  }
  assert.equal(asked.mock.callCount(), 0)
})

// Bug classes 49, 51.
test('an issuer is one text, the whole of it (rows 49, 51)', async () => {
  const issuers = [
    ...[[ISSUER], [ISSUER, 'x'], { iss: ISSUER }, null, undefined, '', 0, `${ISSUER}/`],
    ...[` ${ISSUER}`, `${ISSUER} `, ISSUER.toUpperCase(), ISSUER.slice(0, -1), `${ISSUER}0`],
    'strongroom/c2',
  ]
  for (const iss of issuers) await refused(tokenOf(goodHeader, { ...goodPayload, iss }))
})

// Bug class 50.
test('an audience has to be ours (row 50)', async () => {
  const audiences = [
    ...[[], '', null, undefined, 0, {}, { 0: ISSUER }, `${ISSUER}0`, ISSUER.slice(0, -1)],
    ...[[ISSUER.toUpperCase()], [[ISSUER]], ['strongroom/c2'], 'strongroom/c2', [null], true],
  ]
  for (const aud of audiences) await refused(tokenOf(goodHeader, { ...goodPayload, aud }))
})

// Bug class 6.
test('what has no end, no id or no bearer, or one of another type, is none', async () => {
  for (const member of ['exp', 'jti', 'sub'] as const) {
    await refused(tokenOf(goodHeader, { ...goodPayload, [member]: undefined }))
  }
  for (const value of [null, {}, [], true, 7]) {
    await refused(tokenOf(goodHeader, { ...goodPayload, jti: value }))
    if (value !== 7) await refused(tokenOf(goodHeader, { ...goodPayload, exp: value }))
  }
  for (const exp of ['1900000000', Number.NaN, -1, 0, NOW_S, NOW_S - 1, 1e400]) {
    await refused(tokenOf(goodHeader, { ...goodPayload, exp }))
  }
  for (const nbf of [NOW_S + 1, '0', {}]) {
    await refused(tokenOf(goodHeader, { ...goodPayload, nbf }))
  }
})

test('what must be understood and is not refuses the token', async () => {
  for (const crit of [['x'], ['exp'], [], 'x', ['b64'], [1]]) {
    await refused(tokenOf({ ...goodHeader, crit, x: 1 }, goodPayload))
  }
  for (const header of [{ b64: false, crit: ['b64'] }, { typ: 'at+jwt' }, { typ: '' }]) {
    await refused(tokenOf({ ...goodHeader, ...header }, goodPayload))
  }
})

// Bug classes 53, 56.
test('other serialisations and encryptions are no tokens (rows 53, 56)', async () => {
  const good = tokenOf(goodHeader, goodPayload)
  const [head = '', body = '', signature = ''] = good.split('.')
  const flat = { protected: head, payload: body, signature }
  const pbes2 = { alg: 'PBES2-HS512+A256KW', enc: 'A256GCM', p2c: 2_147_483_647, p2s: 'AAAA' }
  const zip = { alg: 'dir', enc: 'A256GCM', zip: 'DEF' }
  const texts = [
    ...[JSON.stringify(flat), JSON.stringify({ payload: body, signatures: [flat] })],
    ...[`${good}.`, `.${good}`, `${good}.${signature}`, `${head}.${body}`, `${head}..${signature}`],
    ...[pbes2, zip].map((header) => `${part(header)}.AAAA.AAAA.AAAA.AAAA`),
    ...[`{"${head}.${body}.":"","x":"${signature}"}`, `${good}\n`, ` ${good}`, `${good}=`],
    good.replaceAll('.', '%2e'),
  ]
  for (const text of texts) {
    await refused(text)
    if (!text.startsWith('eyJ') || text.split('.').length !== 3) assert.ok(!looksLikeJwt(text))
  }
})

const good = tokenOf(goodHeader, goodPayload)

holds(
  'a near miss of a good token is none, and never an error',
  fc.asyncProperty(nearMissOf(good), async (text) => {
    const found = await taken(text)
    // The last digit of a signature has bits that count for nothing; the digest sees those.
    if (text.slice(0, -1) !== good.slice(0, -1)) assert.equal(found, null)
  }),
  { cost: 4 },
)

holds(
  'any text at all is none, and never an error',
  fc.asyncProperty(anyText(), anyText(), async (head, body) => {
    await refused(head)
    await refused(`${head}.${body}.${head}`)
    await refused(tokenOf(head, body))
    await refused(`${part(goodHeader)}.${part(goodPayload)}.${part(body)}`)
  }),
  { cost: 4 },
)

const oddJson = fc.jsonValue({ maxDepth: 2 })

holds(
  'any header with a good payload, signed by our key, is taken only as what we sign',
  fc.asyncProperty(oddJson, fc.boolean(), async (value, whole) => {
    const header = whole ? value : { ...goodHeader, alg: value }
    await refused(tokenOf(header, goodPayload))
  }),
  { cost: 4 },
)

holds(
  'any payload signed by our key says nothing unless every claim of ours is in it',
  fc.asyncProperty(oddJson, fc.constantFrom('iss', 'aud', 'exp', 'nbf'), async (value, member) => {
    fc.pre(member !== 'nbf' || typeof value !== 'number')
    fc.pre(member !== 'exp' || typeof value !== 'number' || value <= NOW_S)
    await refused(tokenOf(goodHeader, value))
    await refused(tokenOf(goodHeader, { ...goodPayload, [member]: value }))
  }),
  { cost: 4 },
)

const claims = fc.record({
  ...{
    keyId: fc.stringMatching(/^[0-9A-Za-z]{12}$/),
    subject: fc.stringMatching(/^c[0-9a-z]{24}$/),
  },
  subjectKind: fc.constantFrom('user' as const, 'service_account' as const),
  ...{ userName: anyText(30), email: fc.option(anyText(30)), tenantName: anyText(30) },
  issuedAt: fc.nat({ max: NOW }),
  expiresAt: fc.integer({ min: NOW - 100_000, max: NOW + 100_000 }),
})

holds(
  'what is signed is taken before its end by the same issuer, and by no other and never after',
  fc.asyncProperty(claims, async (said) => {
    const text = await signJwt(key, ISSUER, said)
    const over = Math.floor(said.expiresAt / 1_000) <= Math.floor(NOW / 1_000)
    assert.equal(await taken(text), over ? null : said.keyId)
    assert.equal(await verifyJwt(key, `${ISSUER}x`, text, NOW), null)
    assert.equal(await verifyJwt(otherKey, ISSUER, text, NOW), null)
    assert.equal(await taken(text, said.expiresAt), null)
    assert.ok(looksLikeJwt(text))
  }),
  { cost: 4 },
)

isFoundOut(
  'a reader that believes the payload without its signature',
  fc.asyncProperty(nearMissOf(good), async (text) => {
    const believed = (await taken(text)) ?? payloadOf(text)
    assert.equal(believed, null)
  }),
  { cost: 4 },
)

function payloadOf(text: string): string | null {
  try {
    const said = JSON.parse(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString()) as object
    return 'jti' in said ? String(said.jti) : null
  } catch {
    return null
  }
}

sayHowMuch('jwt')
