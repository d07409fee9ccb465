import type { SecretValue } from '#domain/secret-value.ts'
import type { Subject, SubjectKind } from '#domain/subject.ts'

export interface MintedToken {
  /** What the bearer shows; seen once. */
  readonly text: SecretValue
  readonly keyId: string
  readonly digest: Uint8Array
}

/** What a JWT says of its bearer. */
export interface Bearer {
  readonly subject: Subject
  readonly accountName: string
  /** Unix ms. */
  readonly expiresAt: number
}

/** How tokens are made and checked (docs/formats/token.md). Both forms are looked up by a key id. */
export interface Tokens {
  /** An opaque token; `tfy` for the form of the same token that TrueFoundry's clients take. */
  mint(kind: SubjectKind, prefix?: 'sr' | 'tfy'): MintedToken
  mintJwt(bearer: Bearer): Promise<MintedToken>
  /** The parts of a well-formed token, a JWT by a signature of ours; `null` for all else. Never throws. */
  parse(text: string): Promise<{ readonly keyId: string; readonly digest: Uint8Array } | null>
  /** Whether two digests are equal, in constant time. */
  equal(a: Uint8Array, b: Uint8Array): boolean
  /** A token encrypted for who holds the private key to this PEM; throws for what is no RSA key. */
  encryptFor(publicKey: string, token: SecretValue): Uint8Array
  /** A digest of a text that only this installation can make. */
  digest(text: string): Uint8Array
  /** A name for a token that a cache may keep. */
  fingerprint(text: string): string
}
