import type { Server } from 'node:net'

/** Where something listens. */
export interface Address {
  readonly host: string
  readonly port: number
}

/** `HOST:PORT`, an IPv6 address in brackets; `null` for anything else. */
export function addressIn(text: string): Address | null {
  const match = /^(?:\[([0-9a-fA-F:]+)\]|([^:]+)):(\d{1,5})$/.exec(text)
  const port = Number(match?.[3])
  return match === null || port > 65_535 ? null : { host: match[1] ?? match[2] ?? '', port }
}

/** Whether only this machine can reach it. */
export const isLoopback = ({ host }: Address): boolean =>
  host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host)

/** The URL of a server that listens there, with the port that it has where that was 0. */
export function urlAt(server: Server, { host, port }: Address, tls: object | null): string {
  const at = server.address()
  const scheme = tls === null ? 'http' : 'https'
  const name = host.includes(':') ? `[${host}]` : host
  return `${scheme}://${name}:${typeof at === 'object' && at !== null ? at.port : port}`
}
