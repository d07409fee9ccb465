import { createSecretKey } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { fingerprint, unwrapKey, wrappedUnder } from '#crypto/wrap.ts'
import { NotAuthentic } from '#crypto/xaes.ts'
import { WrongRootKey } from '#ports/kms.ts'

/** A root key, held as a KeyObject, with the name that it is known by. */
export interface RootKey {
  readonly fingerprint: string
  readonly key: KeyObject
}

/** The root keys that a keeper holds, and those that it knows of and cannot use. */
export interface Held {
  /** The present one first; never empty. */
  readonly keys: readonly [RootKey, ...RootKey[]]
  readonly missing: readonly string[]
}

/** Takes the 32 bytes of `raw` for a root key, and clears them. `null` for a key of zeros. */
export function takeRootKey(raw: Uint8Array): RootKey | null {
  try {
    if (raw.every((byte) => byte === 0)) return null
    const key = createSecretKey(raw)
    return { fingerprint: fingerprint(key), key }
  } finally {
    raw.fill(0)
  }
}

/**
 * Unwraps with the held key that `wrapped` names. Throws `WrongRootKey`, whose message names the
 * key needed and the keys held, and ends in `help` when the key needed is known but missing.
 */
export function unwrapWith(
  held: Held,
  context: Uint8Array,
  wrapped: Uint8Array,
  help: string,
): Uint8Array {
  const needed = wrappedUnder(wrapped)
  if (needed === null) throw new WrongRootKey('this is not a wrapped key')
  const root = held.keys.find((key) => key.fingerprint === needed)
  if (root === undefined) {
    const names = held.keys.map((key) => key.fingerprint).join(', ')
    const known = held.missing.includes(needed) ? `; ${help}` : ''
    throw new WrongRootKey(`wrapped under root key ${needed}; held: ${names}${known}`)
  }
  try {
    return unwrapKey(root.key, context, wrapped)
  } catch (error) {
    if (!(error instanceof NotAuthentic)) throw error
    throw new WrongRootKey(`root key ${needed} does not open this: it was altered or moved`)
  }
}
