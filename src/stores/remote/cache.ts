import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { SecretValue } from '#domain/secret-value.ts'

const ENTRIES_MAX = 10_000
const BYTES_MAX = 16 * 1024 * 1024
const NONCE_BYTES = 12
const TAG_BYTES = 16

interface Kept {
  readonly until: number
  readonly sealed: Buffer
}

/**
 * Values of other stores for a bounded time, each encrypted (AES-256-GCM) under a key that only this
 * object has, bound to the name it is kept under. A version never changes, so what is kept is true
 * for as long as its record is.
 */
export class ValueCache {
  readonly #key = randomBytes(32)
  readonly #ttlMs: number
  readonly #now: () => number
  readonly #kept = new Map<string, Kept>()
  #bytes = 0

  /** `ttlMs` 0 keeps nothing. */
  constructor(ttlMs: number, now: () => number) {
    this.#ttlMs = ttlMs
    this.#now = now
  }

  get(name: string): SecretValue | null {
    const kept = this.#kept.get(name)
    if (kept === undefined) return null
    if (kept.until <= this.#now()) {
      this.forget(name)
      return null
    }
    return new SecretValue(this.#open(name, kept.sealed))
  }

  put(name: string, value: SecretValue): void {
    if (this.#ttlMs === 0) return
    this.forget(name)
    const sealed = this.#seal(name, value.reveal())
    this.#bytes += sealed.length
    if (this.#kept.size >= ENTRIES_MAX || this.#bytes > BYTES_MAX) {
      this.#kept.clear()
      this.#bytes = sealed.length
    }
    this.#kept.set(name, { until: this.#now() + this.#ttlMs, sealed })
  }

  forget(name: string): void {
    this.#bytes -= this.#kept.get(name)?.sealed.length ?? 0
    this.#kept.delete(name)
  }

  #seal(name: string, bytes: Uint8Array): Buffer {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(name))
    return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()])
  }

  #open(name: string, sealed: Buffer): Uint8Array {
    const nonce = sealed.subarray(0, NONCE_BYTES)
    const body = sealed.subarray(NONCE_BYTES, -TAG_BYTES)
    const decipher = createDecipheriv('aes-256-gcm', this.#key, nonce, {
      authTagLength: TAG_BYTES,
    })
    decipher.setAAD(Buffer.from(name)).setAuthTag(sealed.subarray(-TAG_BYTES))
    return Buffer.concat([decipher.update(body), decipher.final()])
  }
}
