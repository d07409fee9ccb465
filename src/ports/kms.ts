/**
 * A keeper of root keys (KEKs). It wraps 32-byte keys and holds no other data. What `context` was
 * given to `wrap` must be given to `unwrap`.
 */
export interface Kms {
  readonly kind: string
  /** Names the root key that `wrap` uses now; safe to print and to store. */
  readonly fingerprint: string
  /** The fingerprints of every root key that `unwrap` can use, the present one first. */
  readonly fingerprints: readonly string[]
  wrap(context: Uint8Array, key: Uint8Array): Promise<Uint8Array>
  /** Throws `WrongRootKey` when no root key held here opens it. */
  unwrap(context: Uint8Array, wrapped: Uint8Array): Promise<Uint8Array>
  /**
   * Takes a new root key into use for `wrap`, keeping the older ones for `unwrap`; durable on
   * return. Gives the new fingerprint.
   */
  rotate(): Promise<string>
  /** Forgets every root key but the present one; call when nothing is wrapped by them any more. */
  retire(): Promise<void>
}

/** No root key held here opens what was given. The message names the fingerprints, never a key. */
export class WrongRootKey extends Error {
  override readonly name = 'WrongRootKey'
}
