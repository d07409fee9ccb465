import { hash, timingSafeEqual, type KeyObject } from 'node:crypto'
import { SecretValue } from '#domain/secret-value.ts'
import { mintToken, parseToken, tokenDigest } from '#crypto/token.ts'
import type { Tokens } from '#ports/tokens.ts'
import type { World } from '#ports/world.ts'

/** Opaque tokens under the installation's pepper. */
export const opaqueTokens = (pepper: KeyObject, world: World): Tokens => ({
  mint(kind) {
    const { text, keyId } = mintToken(kind === 'user' ? 'user' : 'svc', (n) => world.random(n))
    return { text: SecretValue.fromText(text), keyId, digest: tokenDigest(pepper, text) }
  },
  parse(text) {
    const parsed = parseToken(text)
    if (parsed === null) return null
    return { keyId: parsed.keyId, digest: tokenDigest(pepper, parsed.canonical) }
  },
  equal: (a, b) => a.length === b.length && timingSafeEqual(a, b),
  fingerprint: (text) => hash('sha256', text, 'base64'),
})
