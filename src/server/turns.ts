import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** How many requests of a connection may wait for an answer before theirs; clients send none so. */
export const WAITING_MAX = 8

/**
 * Who sends requests without waiting for their answers is answered one at a time (RFC 9112, section
 * 9.3.2, lets a server do so): each is begun once the answer before it left the process, and a
 * connection where more than a few wait is closed. Otherwise one that reads nothing would have as
 * much kept in memory for it as it cares to ask for.
 */
export class Turns {
  /** Of each connection that is being answered, what waits. */
  readonly #waiting = new WeakMap<Socket, (() => void)[]>()

  /** Calls `begin` when it is the turn of what `response` answers; never, if the connection ends. */
  take(socket: Socket, response: ServerResponse, begin: () => void): void {
    const waiting = this.#waiting.get(socket)
    const start = (): void => {
      response.once('close', () => this.#next(socket))
      begin()
    }
    if (waiting === undefined) {
      this.#waiting.set(socket, [])
      start()
    } else if (waiting.length < WAITING_MAX) {
      waiting.push(start)
    } else {
      socket.destroy()
    }
  }

  #next(socket: Socket): void {
    const start = socket.destroyed ? undefined : this.#waiting.get(socket)?.shift()
    if (start === undefined) this.#waiting.delete(socket)
    else start()
  }
}
