/** What the fake answers instead of doing it: `error.code`, and `error.innererror.code` if there is one. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  readonly code: string
  readonly inner: string | null

  constructor(status: number, code: string, message: string, inner: string | null = null) {
    super(message)
    this.status = status
    this.code = code
    this.inner = inner
  }
}

export const bad = (message: string): Refusal => new Refusal(400, 'BadParameter', message)

/** The learn.microsoft.com reference of "Get Secret" has this for a missing one. */
export const missing = (name: string): Refusal =>
  new Refusal(
    404,
    'SecretNotFound',
    `A secret with (name/id) ${name} was not found in this key vault.`,
  )

/** All conflicts have the code `Conflict`; what they are about is in the inner one. */
export const conflict = (inner: string, message: string): Refusal =>
  new Refusal(409, 'Conflict', message, inner)
