import { StoreFault } from '#ports/remote-store.ts'
import { givenUp } from '#stores/pause.ts'

export interface Answer {
  readonly status: number
  readonly body: unknown
  readonly retryAfterMs: number | null
}

export interface Ask {
  /** What it is for, in words that may be shown. */
  readonly what: string
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Beneath `/v1/`. */
  readonly path: string
  readonly body?: object
}

/** A version of 64 KiB, each byte escaped six-fold, is under 400 KiB; a folder's list may be longer. */
const ANSWER_BYTES_MAX = 8 * 1024 * 1024

/** Asks once and reads the whole answer, whatever its status; `down` when there is none to be read. */
export async function answerOf(
  base: string,
  headers: Readonly<Record<string, string>>,
  { what, method, path, body }: Ask,
  signal: AbortSignal,
): Promise<Answer> {
  try {
    const response = await fetch(`${base}/v1/${path}`, {
      method,
      headers: { ...headers, 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
      // A token is not sent on to wherever the answer points.
      redirect: 'manual',
      signal,
    })
    const { status } = response
    const text = await textWithin(response, ANSWER_BYTES_MAX)
    return { status, body: parsed(text), retryAfterMs: retryAfter(response) }
  } catch (error) {
    if (signal.aborted) throw givenUp(what)
    throw new StoreFault('down', `${what}: ${reason(error)}`)
  }
}

async function textWithin(response: Response, limit: number): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  // Leaving the loop cancels the rest of the answer.
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > limit) throw new StoreFault('down', 'an answer without end')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

/** `undefined` when it is not JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function retryAfter(response: Response): number | null {
  const told = response.headers.get('retry-after')
  return told !== null && /^\d{1,5}$/.test(told) ? Number(told) * 1_000 : null
}

/** Only the code of what failed: a message may hold what was sent. */
function reason(error: unknown): string {
  if (error instanceof StoreFault) return error.message
  const cause = error instanceof Error ? error.cause : undefined
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  return typeof code === 'string' ? `it cannot be reached (${code})` : 'it cannot be reached'
}
