import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkAddress, isPrivate } from './store-address.ts'

test('store address: what the public internet does not route is private', () => {
  for (const address of [
    ...['127.0.0.1', '127.8.8.8', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
    ...['169.254.169.254', '100.64.0.1', '0.0.0.0', '224.0.0.1', '255.255.255.255'],
    ...['::1', '::', 'fe80::1', 'fd00:ec2::254', 'fc00::1', '::ffff:127.0.0.1', '::FFFF:10.0.0.1'],
    ...['64:ff9b::a9fe:a9fe', '2002:a9fe:a9fe::', 'fec0::1', '::a9fe:a9fe'],
  ]) {
    assert.equal(isPrivate(address), true, address)
  }
  for (const address of ['8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700::1111']) {
    assert.equal(isPrivate(address), false, address)
  }
})

// Bug class 79.
test('store address: only what is https and public is asked, unless the operator allows more', async () => {
  for (const url of [
    ...[
      'https://127.0.0.1:8200',
      'https://[::1]/',
      'https://169.254.169.254/',
      'https://localhost/',
    ],
    ...[
      'http://8.8.8.8/',
      'https://me@8.8.8.8/',
      'file:///etc/passwd',
      'nonsense',
      'https://2130706433/',
    ],
    ...['https://0x7f.1/', 'https://[::ffff:a9fe:a9fe]/'],
  ]) {
    await assert.rejects(checkAddress(url, false), { name: 'StoreFault' }, url)
  }
  await checkAddress(undefined, false)
  await checkAddress('https://8.8.8.8/', false)
  await checkAddress('http://127.0.0.1:8200', true)
  await assert.rejects(checkAddress('ftp://127.0.0.1/', true), { kind: 'rejected' })
})

/** An IPv4 address in every form that a program has been seen to take for it. */
function spellings(address: string): readonly string[] {
  const parts = address.split('.').map(Number)
  const [a = 0, b = 0, c = 0, d = 0] = parts
  const whole = ((a * 256 + b) * 256 + c) * 256 + d
  const hex = (n: number) => n.toString(16)
  const octal = (n: number) => `0${n.toString(8)}`
  const low = `${hex(a * 256 + b)}:${hex(c * 256 + d)}`
  return [
    ...[address, `${address}.`, String(whole), `0x${hex(whole)}`, octal(whole)],
    ...[parts.map((n) => `0x${hex(n)}`).join('.'), parts.map(octal).join('.')],
    ...[`${a}.${b * 65_536 + c * 256 + d}`, `${a}.${b}.${c * 256 + d}`],
    ...[`0x${hex(a)}.${octal(b)}.${c}.${d}`, `000${octal(a)}.${b}.${c}.${d}`],
    // Full-width digits and dots, which a host's name is folded from.
    ...[wide(address), wide(address).replaceAll('.', '\u3002')],
    `%${hex(address.charCodeAt(0))}${address.slice(1)}`,
    ...[`[::ffff:${address}]`, `[::ffff:${low}]`, `[0:0:0:0:0:ffff:${low}]`, `[::FFFF:${address}]`],
    ...[`[::${low}]`, `[64:ff9b::${address}]`, `[64:ff9b:1::${low}]`, `[2002:${low}::]`],
    ...[`[::ffff:0:${address}]`, `[2001:0:${low}::1]`, `[2001::${low}]`],
    `[0000:0000:0000:0000:0000:0000:${low}]`,
  ]
}

const wide = (text: string): string =>
  text.replaceAll(/[0-9]/g, (one) => String.fromCodePoint((one.codePointAt(0) ?? 0) + 0xfee0))

// Bug classes 67, 68: CVE-2020-15879, CVE-2026-5052, CVE-2026-34984.
test('store address: a private address is one in every spelling', async (t) => {
  const v4 = [
    ...['127.0.0.1', '127.255.255.254', '10.0.0.1', '172.16.0.1', '172.31.255.254'],
    ...['192.168.0.1', '169.254.169.254', '100.64.0.1', '100.100.100.200', '0.0.0.0', '0.1.2.3'],
    ...['198.18.0.1', '192.0.0.1', '255.255.255.255', '224.0.0.1'],
  ]
  const v6 = [
    ...[
      '::1',
      '::',
      '0:0:0:0:0:0:0:1',
      'fe80::1',
      'febf::1',
      'fc00::1',
      'fd00:ec2::254',
      'ff02::1',
    ],
    ...['fec0::1', 'fdff:ffff::1', '0000::0001', '::ffff:0:0'],
  ]
  const names = ['localhost', 'LOCALHOST', 'localhost.', '\uff4cocalhost', 'l\u00adocalhost']
  const hosts = [...v4.flatMap(spellings), ...v6.map((address) => `[${address}]`), ...names]
  for (const host of hosts) {
    for (const url of [`https://${host}/`, `https://${host}:8200/v1`]) {
      await assert.rejects(checkAddress(url, false), { name: 'StoreFault' }, url)
    }
  }
  const odd = [
    ...[
      'https://8.8.8.8@127.0.0.1/',
      'https://127.0.0.1#@8.8.8.8/',
      'https://127.0.0.1\\@8.8.8.8/',
    ],
    ...['https:127.0.0.1', 'https:/127.0.0.1/', 'https:\\\\127.0.0.1\\', ' https://127.0.0.1/'],
    ...['https://127.0.0.1\t/', 'ht\ntps://127.0.0.1/', '//127.0.0.1/', 'javascript:1', 'data:,1'],
    ...[
      'gopher://8.8.8.8/',
      'ldap://8.8.8.8/',
      'unix:/run/x',
      'https://',
      'https:///',
      'HTTP://8.8.8.8',
    ],
  ]
  for (const url of odd) {
    await assert.rejects(checkAddress(url, false), { name: 'StoreFault' }, url)
  }
  const count = new Set([...hosts, ...odd]).size
  assert.ok(count >= 300, String(count))
  t.diagnostic(`${count} spellings`)
})

test('store address: the same spellings of a public address are public', async () => {
  for (const host of [
    '8.8.8.8',
    '134744072',
    '0x08080808',
    '010.010.010.010',
    '[::ffff:8.8.8.8]',
  ]) {
    await checkAddress(`https://${host}/`, false)
  }
  await checkAddress('https://[2606:4700::1111]/', false)
})
