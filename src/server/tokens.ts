import { createSecretKey, hash, timingSafeEqual, type KeyObject } from 'node:crypto'
import type { InstallationId } from '#domain/ids.ts'
import { SecretValue } from '#domain/secret-value.ts'
import { serverSubkey } from '#crypto/derive.ts'
import { looksLikeJwt, signJwt, verifyJwt } from '#crypto/jwt.ts'
import { encryptForLogin, readLoginKey } from '#crypto/login-key.ts'
import { signingKey } from '#crypto/signing-key.ts'
import { mintToken, parseToken, tfyForm, tokenDigest } from '#crypto/token.ts'
import type { Tokens } from '#ports/tokens.ts'
import type { World } from '#ports/world.ts'

/** Tokens under keys of the installation: the pepper of their digests, and the key that signs JWTs. */
export function tokensOf(
  serverKey: Uint8Array,
  installation: InstallationId,
  world: World,
): Tokens {
  const root = createSecretKey(serverKey)
  const pepper = serverSubkey(root, 'token-pepper')
  const signer = jwtSigner(root)
  const issuer = `strongroom/${installation}`
  const digest = (text: string) => tokenDigest(pepper, text)
  return {
    mint(kind, prefix = 'sr') {
      const { text, keyId } = mintToken(kind === 'user' ? 'user' : 'svc', (n) => world.random(n))
      const shown = prefix === 'tfy' ? tfyForm(text) : text
      return { text: SecretValue.fromText(shown), keyId, digest: digest(text) }
    },
    async mintJwt({ subject, accountName, expiresAt }) {
      const { keyId } = mintToken('user', (n) => world.random(n))
      const text = await signJwt(signer, issuer, {
        ...{ keyId, subject: subject.id, subjectKind: subject.kind, email: subject.email },
        ...{ userName: subject.email ?? subject.name, tenantName: accountName },
        ...{ issuedAt: world.now(), expiresAt },
      })
      return { text: SecretValue.fromText(text), keyId, digest: digest(text) }
    },
    async parse(text) {
      if (looksLikeJwt(text)) {
        const keyId = await verifyJwt(signer, issuer, text, world.now())
        return keyId === null ? null : { keyId, digest: digest(text) }
      }
      const parsed = parseToken(text)
      return parsed === null ? null : { keyId: parsed.keyId, digest: digest(parsed.canonical) }
    },
    encryptFor(publicKey, token) {
      const key = readLoginKey(publicKey)
      if (key === null) throw new Error('a login waits with a key that is none')
      return encryptForLogin(key, token.reveal())
    },
    equal: (a, b) => a.length === b.length && timingSafeEqual(a, b),
    digest,
    fingerprint: (text) => hash('sha256', text, 'base64'),
  }
}

function jwtSigner(root: KeyObject): KeyObject {
  const seed = serverSubkey(root, 'jwt-signing').export()
  try {
    return signingKey(seed)
  } finally {
    seed.fill(0)
  }
}
