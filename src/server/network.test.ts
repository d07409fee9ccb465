import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isNetwork, networkOf } from './network.ts'

test('network: an address belongs to its /24 or /64, however it is spelled', () => {
  for (const [address, network] of [
    ['203.0.113.7', '203.0.113.0/24'],
    ['203.0.113.255', '203.0.113.0/24'],
    ['::ffff:203.0.113.7', '203.0.113.0/24'],
    ['::FFFF:203.0.113.7', '203.0.113.0/24'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002::1', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['1::', '1:0:0:0::/64'],
    ['::192.0.2.1', '0:0:0:0::/64'],
    ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
    ['1:2:3:4:5:6:192.0.2.1', '1:2:3:4::/64'],
    ['unknown', 'unknown'],
  ] as const) {
    assert.equal(networkOf(address), network, address)
  }
})

test('network: what proxies are named by is an address or a network', () => {
  for (const text of ['10.0.0.0/8', '127.0.0.1', '::1', 'fd00::/8', '0.0.0.0/0', '::/128']) {
    assert.equal(isNetwork(text), true, text)
  }
  for (const text of ['', '10.0.0.0/33', '::/129', '10.0.0/8', 'loopback', '10.0.0.0/', '::/8/8']) {
    assert.equal(isNetwork(text), false, text)
  }
})
