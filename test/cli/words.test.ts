import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { Failure, Misuse } from '#cli/failure.ts'
import { HiddenLine } from '#cli/hidden-line.ts'
import { loginPath, readLogin, removeLogin, writeLogin } from '#cli/login-file.ts'
import { readVersion } from '#cli/places.ts'
import { clean, facts, moment, table } from '#cli/text.ts'
import { readExpiry, readScopes } from '#cli/token.ts'
import { findVault } from '#cli/vault.ts'
import { SecretValue } from '#domain/secret-value.ts'
import { ownDirectory } from '#test/support/directory.ts'

const bytes = (text: string) => Buffer.from(text)

const typed = (...chunks: string[]) => {
  const line = new HiddenLine()
  const outcomes = chunks.map((chunk) => line.push(bytes(chunk)))
  return { outcome: outcomes.at(-1), text: Buffer.from(line.bytes()).toString('utf8') }
}

test('a hidden line ends with its line end and is edited by signs, not bytes', () => {
  assert.deepEqual(typed('se', 'cret\r'), { outcome: 'line', text: 'secret' })
  assert.deepEqual(typed('secret\r\n'), { outcome: 'line', text: 'secret' })
  assert.deepEqual(typed('aé\u{1f511}\x7f\x7f\x7f\x7fb\n'), { outcome: 'line', text: 'b' })
  assert.deepEqual(typed('wrong\x15right\n'), { outcome: 'line', text: 'right' })
  assert.deepEqual(typed('end\x04'), { outcome: 'line', text: 'end' })
  assert.equal(typed('half').outcome, 'more')
  assert.equal(typed('half\x03').outcome, 'interrupted')
})

test('several pasted lines are refused rather than cut to one', () => {
  assert.equal(typed('-----BEGIN\rMII\r').outcome, 'several')
})

// Bug class 63.
test('tables keep their columns, and nobody steers the terminal', () => {
  assert.equal(
    table(
      ['A', 'LONG'],
      [
        ['xyz', 'b'],
        ['\u{1f511}', ''],
      ],
    ),
    'A    LONG\nxyz  b\n\u{1f511}\n',
  )
  assert.equal(clean('a\x1b[31mb\nc\u202e'), 'a\ufffd[31mb\ufffdc\ufffd')
  assert.equal(facts({ one: 1, 'twenty two': 'b', none: null }), 'one         1\ntwenty two  b\n')
  assert.equal(moment('2030-01-02T03:04:05.678Z'), '2030-01-02 03:04:05Z')
  assert.equal(moment(null), '-')
})

test('a token ends after a span or at a moment', () => {
  const now = Date.parse('2030-01-01T00:00:00Z')
  assert.equal(readExpiry('30d', now), '2030-01-31T00:00:00.000Z')
  assert.equal(readExpiry('12h', now), '2030-01-01T12:00:00.000Z')
  assert.equal(readExpiry('2w', now), '2030-01-15T00:00:00.000Z')
  assert.equal(readExpiry('90m', now), '2030-01-01T01:30:00.000Z')
  assert.equal(readExpiry('2030-01-31T00:00:00+02:00', now), '2030-01-31T00:00:00+02:00')
  for (const text of ['', '30', '0d', '-1d', '30 d', '1y', '2030-01-31', '2030-13-31T00:00:00Z']) {
    assert.throws(() => readExpiry(text, now), Misuse)
  }
})

test('scopes go with commas or one by one', () => {
  assert.deepEqual(readScopes(['list,read', 'audit']), ['list', 'read', 'audit'])
  assert.throws(() => readScopes(['list,all']), Misuse)
  assert.throws(() => readScopes(['']), Misuse)
})

test('a version is a whole number from 1', () => {
  assert.equal(readVersion('12'), 12)
  for (const text of ['0', '01', '1.0', '-1', 'x', '', '1'.repeat(17)]) {
    assert.throws(() => readVersion(text), Misuse)
  }
})

const token = SecretValue.fromText('sr_user_x')

test('a login is kept for this user alone, whole, and found again', async () => {
  const env = { XDG_CONFIG_HOME: await ownDirectory() }
  const path = join(env.XDG_CONFIG_HOME, 'strongroom', 'config.json')
  mkdirSync(dirname(path), { mode: 0o755 })
  assert.equal(readLogin(env), null)
  assert.equal(writeLogin(env, { url: 'https://v.example', token }), path)
  writeLogin(env, { url: 'https://w.example', token })
  assert.equal(statSync(path).mode & 0o777, 0o600)
  assert.equal(statSync(dirname(path)).mode & 0o777, 0o700)
  assert.deepEqual(readdirSync(dirname(path)), ['config.json'])
  const login = readLogin(env)
  assert.equal(login?.url, 'https://w.example')
  assert.deepEqual(login.token.reveal(), token.reveal())
  assert.equal(removeLogin(env), true)
  assert.equal(removeLogin(env), false)
})

test('a login that others can read, or that is damaged, is not used', async () => {
  const env = { XDG_CONFIG_HOME: await ownDirectory() }
  const path = writeLogin(env, { url: 'https://v.example', token })
  writeFileSync(path, '{"url":')
  assert.throws(() => readLogin(env), /damaged/)
  chmodSync(path, 0o644)
  assert.throws(() => readLogin(env), /others can read/)
})

test('the login is in the home folder where XDG says nothing useful', () => {
  const home = { HOME: '/home/a' }
  assert.equal(loginPath(home), '/home/a/.config/strongroom/config.json')
  assert.equal(loginPath({ ...home, XDG_CONFIG_HOME: 'relative' }), loginPath(home))
  assert.equal(loginPath({ ...home, XDG_CONFIG_HOME: '/x' }), '/x/strongroom/config.json')
})

test('the vault is that of the environment, else of the login', async () => {
  const none = { XDG_CONFIG_HOME: await ownDirectory() }
  const url = 'https://env.example/'
  assert.throws(() => findVault(none), /no vault is known/)
  assert.throws(() => findVault({ ...none, STRONGROOM_URL: url }), /without STRONGROOM_TOKEN/)
  assert.throws(() => findVault({ ...none, STRONGROOM_TOKEN: 'x' }), /without STRONGROOM_URL/)
  assert.throws(() => findVault({ ...none, STRONGROOM_URL: ' ' }), /no vault is known/)
  const set = { ...none, STRONGROOM_URL: url, STRONGROOM_TOKEN: 'x' }
  assert.equal(findVault(set).url, 'https://env.example')
  writeLogin(none, { url: 'https://login.example', token })
  assert.equal(findVault(none).url, 'https://login.example')
  assert.equal(findVault(set).url, 'https://env.example')
})

test('a kept token goes to no other vault', async () => {
  const env = { XDG_CONFIG_HOME: await ownDirectory() }
  writeLogin(env, { url: 'https://login.example', token })
  assert.throws(() => findVault({ ...env, STRONGROOM_URL: 'https://other.example' }), Failure)
  const same = findVault({ ...env, STRONGROOM_URL: 'https://login.example/' })
  assert.equal(same.url, 'https://login.example')
})
