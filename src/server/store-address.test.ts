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
