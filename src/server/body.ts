import type { FastifyRequest } from 'fastify'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { BODY_BYTES_MAX } from '#domain/limits.ts'

/** A body that is larger than `BODY_BYTES_MAX`, or that ended before it was whole. */
export class BadBody extends Error {
  override readonly name = 'BadBody'
  readonly reason: 'too_large' | 'cut_off'

  constructor(reason: BadBody['reason']) {
    super(reason)
    this.reason = reason
  }
}

type Done = (error: Error | null, body?: Buffer) => void

/**
 * Takes the content type off a request without a body. Clients name one on those too, and it would
 * have nothing parsed, at a cost.
 */
export function skipEmptyBody(headers: IncomingHttpHeaders): void {
  const length = headers['content-length']
  if (length === '0' || (length === undefined && headers['transfer-encoding'] === undefined)) {
    headers['content-type'] = undefined
  }
}

/** Reads the body of a request as it was sent, whatever type it says it has. */
export function readBody({ headers }: FastifyRequest, payload: IncomingMessage, done: Done): void {
  if (Number(headers['content-length']) > BODY_BYTES_MAX) {
    done(new BadBody('too_large'))
    return
  }
  const chunks: Buffer[] = []
  let size = 0
  const end = (error: Error | null) => {
    payload.removeListener('data', take)
    payload.removeListener('end', finish)
    payload.removeListener('error', cutOff)
    done(error, error === null ? whole(chunks) : undefined)
  }
  const take = (chunk: Buffer) => {
    size += chunk.length
    if (size > BODY_BYTES_MAX) end(new BadBody('too_large'))
    else chunks.push(chunk)
  }
  const finish = () => {
    end(null)
  }
  const cutOff = () => {
    end(new BadBody('cut_off'))
  }
  payload.on('data', take)
  payload.on('end', finish)
  payload.on('error', cutOff)
}

/** Never a view into the socket's own memory, which the next request will write over. */
const whole = (chunks: readonly Buffer[]): Buffer => Buffer.concat(chunks)
