import { status } from '@grpc/grpc-js'

/** What the fake answers instead of doing it. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: status

  constructor(code: keyof typeof status, details: string) {
    super(details)
    this.code = status[code]
  }
}

export const invalid = (details: string): Refusal => new Refusal('INVALID_ARGUMENT', details)
export const unmet = (details: string): Refusal => new Refusal('FAILED_PRECONDITION', details)
