import { createSecretKey, hkdfSync } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

const KEY_BYTES = 32

/** What a key derived from the server key is for. One purpose, one key. */
export type ServerKeyPurpose = 'token-pepper' | 'cursor-mac' | 'jwt-signing' | 'rights-mac'

/**
 * The sub-key of the server key (32 bytes) for one purpose, by HKDF-SHA-256 (RFC 5869) without salt
 * and with `strongroom/v1/server/<purpose>` as info. Throws RangeError for a key of another length.
 */
export function serverSubkey(serverKey: KeyObject, purpose: ServerKeyPurpose): KeyObject {
  if (serverKey.symmetricKeySize !== KEY_BYTES) throw new RangeError('a server key has 32 bytes')
  const info = `strongroom/v1/server/${purpose}`
  const raw = Buffer.from(hkdfSync('sha256', serverKey, new Uint8Array(0), info, KEY_BYTES))
  try {
    return createSecretKey(raw)
  } finally {
    raw.fill(0)
  }
}
