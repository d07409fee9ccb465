import type { SecretValue } from '#domain/secret-value.ts'
import type { SubjectKind } from '#domain/subject.ts'

export interface MintedToken {
  /** What the bearer shows; seen once. */
  readonly text: SecretValue
  readonly keyId: string
  readonly digest: Uint8Array
}

/** How opaque tokens are made and checked (docs/formats/token.md). */
export interface Tokens {
  mint(kind: SubjectKind): MintedToken
  /** The parts of a well-formed token, or `null`; never throws. */
  parse(text: string): { readonly keyId: string; readonly digest: Uint8Array } | null
  /** Whether two digests are equal, in constant time. */
  equal(a: Uint8Array, b: Uint8Array): boolean
  /** A name for a token that a cache may keep. */
  fingerprint(text: string): string
}
