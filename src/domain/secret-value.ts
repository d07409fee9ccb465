/**
 * The bytes of a secret. They cannot be printed, serialised or inspected by accident: `reveal()`
 * is the one way out, and the tree test says which rooms may call it.
 */
export class SecretValue {
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** A value from text, as UTF-8. */
  static fromText(text: string): SecretValue {
    return new SecretValue(new TextEncoder().encode(text))
  }

  get size(): number {
    return this.#bytes.length
  }

  reveal(): Uint8Array {
    return this.#bytes
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]'
  }
}
