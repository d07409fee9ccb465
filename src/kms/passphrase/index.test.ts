import assert from 'node:assert/strict'
import { randomBytes, scryptSync } from 'node:crypto'
import { chmod, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { createSecretKey } from 'node:crypto'
import { fingerprint } from '#crypto/wrap.ts'
import { exerciseKms } from '#test/contract/kms.ts'
import { ownDirectory } from '#test/support/directory.ts'
import { openPassphrase } from './index.ts'

const context = Buffer.from('context')
const FIRST = 'the first passphrase'
const SECOND = 'quite another one'

const write = (path: string, text: string | Buffer): Promise<void> =>
  writeFile(path, text, { mode: 0o600 })

async function files(): Promise<{ path: string; now: string; before: string }> {
  const root = await ownDirectory()
  const names = { path: join(root, 'root.salt'), now: join(root, 'now'), before: join(root, 'old') }
  await write(names.now, `${FIRST}\n`)
  await write(names.before, `${FIRST}\n`)
  return names
}

exerciseKms('passphrase', async () => {
  const { path, now, before } = await files()
  const options = { path, passphraseFile: now, previousPassphraseFile: before, create: false }
  return {
    kms: await openPassphrase({ path, passphraseFile: now, create: true }),
    reopen: () => openPassphrase(options),
    prepareRotation: () => write(now, SECOND),
  }
})

test('passphrase: derives by scrypt with N 2^17, r 8, p 1, and keeps salt and cost', async () => {
  const { path, now } = await files()
  const kms = await openPassphrase({ path, passphraseFile: now, create: true })
  assert.equal((await stat(path)).mode & 0o777, 0o600)
  const line = / scrypt 17 8 1 (\S+)$/m.exec(await readFile(path, 'utf8'))
  const salt = Buffer.from(line?.[1] ?? '', 'base64')
  assert.equal(salt.length, 32)
  const cost = { N: 131_072, r: 8, p: 1, maxmem: 256 * 1024 * 1024 }
  const key = createSecretKey(scryptSync(FIRST, salt, 32, cost))
  assert.equal(fingerprint(key), kms.fingerprint)
})

test('passphrase: refuses one that is too short, not text, missing or open to others', async () => {
  const { path, now } = await files()
  const open = (): Promise<unknown> => openPassphrase({ path, passphraseFile: now, create: true })
  const refused = async (why: RegExp): Promise<void> => {
    await assert.rejects(open(), { name: 'RootKeyFault', message: why })
  }
  for (const short of ['', '\n', 'elevenchars', 'elevenchars\r\n', 'é'.repeat(11)]) {
    await write(now, short)
    await refused(/fewer than 12 characters/)
  }
  await write(now, Buffer.alloc(20, 0xff))
  await refused(/not UTF-8/)
  await chmod(now, 0o644)
  await refused(/chmod 600/)
  await assert.rejects(
    openPassphrase({ path, passphraseFile: `${now}.not`, create: true }),
    /there is no passphrase file at .*now\.not/,
  )
})

test('passphrase: a newline at its end is no part of it', async () => {
  const { path, now } = await files()
  const kms = await openPassphrase({ path, passphraseFile: now, create: true })
  for (const text of [FIRST, `${FIRST}\r\n`]) {
    await write(now, text)
    const again = await openPassphrase({ path, passphraseFile: now, create: false })
    assert.equal(again.fingerprint, kms.fingerprint)
  }
})

test('passphrase: a wrong one does not open, and the message names the key in use', async () => {
  const { path, now } = await files()
  const kms = await openPassphrase({ path, passphraseFile: now, create: true })
  await write(now, SECOND)
  await assert.rejects(openPassphrase({ path, passphraseFile: now, create: true }), {
    name: 'WrongRootKey',
    message: new RegExp(kms.fingerprint),
  })
})

test('passphrase: an unchanged one does not rotate, and nothing is changed', async () => {
  const { path, now } = await files()
  const kms = await openPassphrase({ path, passphraseFile: now, create: true })
  const before = await readFile(path)
  await assert.rejects(kms.rotate(), { name: 'RootKeyFault', message: /is unchanged/ })
  assert.deepEqual(await readFile(path), before)
})

test('passphrase: a rotation cut by a restart says how it is finished, and can be', async () => {
  const { path, now, before } = await files()
  const kms = await openPassphrase({ path, passphraseFile: now, create: true })
  const first = kms.fingerprint
  const key = randomBytes(32)
  const old = await kms.wrap(context, key)
  await write(now, SECOND)
  const second = await kms.rotate()

  const restarted = await openPassphrase({ path, passphraseFile: now, create: false })
  assert.deepEqual(restarted.fingerprints, [second])
  await assert.rejects(restarted.unwrap(context, old), {
    name: 'WrongRootKey',
    message: new RegExp(`${first}.*${second}.*previous passphrase file`),
  })

  const whole = { path, passphraseFile: now, previousPassphraseFile: before, create: false }
  const finished = await openPassphrase(whole)
  assert.deepEqual(finished.fingerprints, [second, first])
  assert.deepEqual(Buffer.from(await finished.unwrap(context, old)), key)
})

test('passphrase: can be changed over a restart', async () => {
  const { path, now, before } = await files()
  const first = (await openPassphrase({ path, passphraseFile: now, create: true })).fingerprint
  await write(now, SECOND)
  const options = { path, passphraseFile: now, previousPassphraseFile: before, create: false }
  const kms = await openPassphrase(options)
  assert.deepEqual(kms.fingerprints, [first])
  const second = await kms.rotate()
  assert.deepEqual(kms.fingerprints, [second, first])
  await kms.retire()
  const again = await openPassphrase({ path, passphraseFile: now, create: false })
  assert.deepEqual(again.fingerprints, [second])
})

test('passphrase: refuses a malformed file of salts by its line', async () => {
  const { path, now } = await files()
  await openPassphrase({ path, passphraseFile: now, create: true })
  const good = await readFile(path, 'utf8')
  const cases: [string, RegExp][] = [
    ['', /line 1 /],
    [good.slice(0, -1), /cut short/],
    [good.replace('scrypt 17', 'scrypt 10'), /line 3 is not "scrypt 17 8 1"/],
    [good.replace('scrypt', 'bcrypt'), /line 3 is not a fingerprint and a recipe/],
    [good.split('\n').slice(0, 2).join('\n') + '\n', /holds no recipe/],
  ]
  for (const [text, why] of cases) {
    await write(path, text)
    await assert.rejects(openPassphrase({ path, passphraseFile: now, create: true }), {
      name: 'RootKeyFault',
      message: why,
    })
  }
})
