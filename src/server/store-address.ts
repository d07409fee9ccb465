import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import { StoreFault } from '#ports/remote-store.ts'

/**
 * Addresses that are not on the public internet: RFC 1918, loopback, link-local (where clouds keep
 * their metadata servers), carrier-grade NAT, unique local (RFC 4193), and their like (RFC 6890).
 */
const notPublic = new BlockList()
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  notPublic.addSubnet(network, bits, 'ipv4')
}
for (const [network, bits] of [
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
  ['fec0::', 10],
  // IPv4 in other forms: compatible, translated (RFC 2765), NAT64 (RFC 6052), 6to4 (RFC 3056), Teredo
  // (RFC 4380).
  ['::', 96],
  ['::ffff:0:0:0', 96],
  ['2001::', 32],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2002::', 16],
] as const) {
  notPublic.addSubnet(network, bits, 'ipv6')
}

/** Whether an IP address is one that the public internet does not route. */
export function isPrivate(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return isPrivate(mapped)
  return notPublic.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

/**
 * Throws a `StoreFault` for the URL of a store that is none, or that leads to a private or link-local
 * address where the operator does not allow it: who may set up a store must not reach what only this
 * server can (OWASP, server-side request forgery).
 */
export async function checkAddress(url: string | undefined, allowPrivate: boolean): Promise<void> {
  if (url === undefined) return
  if (!URL.canParse(url)) throw new StoreFault('rejected', 'the URL of the store is none')
  const { protocol, hostname, username, password } = new URL(url)
  if (protocol !== 'https:' && !(protocol === 'http:' && allowPrivate)) {
    throw new StoreFault('rejected', 'the URL of the store does not begin with https://')
  }
  if (username !== '' || password !== '') {
    throw new StoreFault('rejected', 'the URL of the store holds a user: give a credential instead')
  }
  if (allowPrivate) return
  const bare = hostname.replace(/^\[|\]$/g, '')
  const found = isIP(bare) > 0 ? [{ address: bare }] : await addresses(bare)
  if (found.some(({ address }) => isPrivate(address))) {
    throw new StoreFault(
      'rejected',
      'the URL of the store leads to a private address: only the operator can allow that ' +
        '(serve --private-stores)',
    )
  }
}

async function addresses(name: string): Promise<readonly { readonly address: string }[]> {
  try {
    return await lookup(name, { all: true })
  } catch {
    throw new StoreFault('down', 'the name of the store has no address')
  }
}
