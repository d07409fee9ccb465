import { isIP } from 'node:net'
import type { FastifyRequest } from 'fastify'

/**
 * The address of the client: of who is connected or, where that is a proxy that the operator trusts,
 * what it says. A proxy that says what is no address is the client itself.
 */
export const addressOf = ({ ip, socket }: FastifyRequest): string =>
  isIP(ip) === 0 ? (socket.remoteAddress ?? 'unknown') : ip

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i
const GROUPS = 8

/** The /24 of an IPv4 address or the /64 of an IPv6 one: about what one subscriber has. */
export function networkOf(address: string): string {
  const v4 = MAPPED.exec(address)?.[1] ?? address
  if (isIP(v4) === 4) return `${v4.slice(0, v4.lastIndexOf('.'))}.0/24`
  return isIP(address) === 6 ? `${groupsOf(address).slice(0, 4).join(':')}::/64` : address
}

/** The eight groups of an IPv6 address, without zeros in front. */
function groupsOf(address: string): readonly string[] {
  const [bare = ''] = address.split('%')
  const [head = '', tail] = bare.split('::')
  const before = split(head)
  const after = split(tail ?? '')
  const zeros = Array.from({ length: GROUPS - before.length - after.length }, () => '0')
  const all = tail === undefined ? before : [...before, ...zeros, ...after]
  return all.map((group) => Number.parseInt(group, 16).toString(16))
}

/** An IPv4 address at the end stands for two groups. */
const split = (text: string): readonly string[] =>
  text === ''
    ? []
    : text.split(':').flatMap((group) => (group.includes('.') ? ['0', '0'] : [group]))

/** Whether this is an address, or a network by its first address and its length. */
export function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0) return false
  return (
    bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
  )
}
