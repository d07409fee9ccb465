import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { chmod, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { exerciseKms } from '#test/contract/kms.ts'
import { ownDirectory } from '#test/support/directory.ts'
import { openKeyFile } from './index.ts'

const context = Buffer.from('context')

exerciseKms('key-file', async () => {
  const path = join(await ownDirectory(), 'root.key')
  return {
    kms: await openKeyFile({ path, create: true }),
    reopen: () => openKeyFile({ path, create: false }),
    prepareRotation: () => Promise.resolve(),
  }
})

const write = (path: string, text: string): Promise<void> => writeFile(path, text, { mode: 0o600 })

// Bug class 65.
test('key-file: makes the file for its owner alone, in directories for its owner alone', async () => {
  const root = await ownDirectory()
  const path = join(root, 'a', 'b', 'root.key')
  const kms = await openKeyFile({ path, create: true })
  assert.equal((await stat(path)).mode & 0o777, 0o600)
  assert.equal((await stat(join(root, 'a'))).mode & 0o777, 0o700)
  assert.equal((await stat(join(root, 'a', 'b'))).mode & 0o777, 0o700)
  const text = await readFile(path, 'utf8')
  const line = new RegExp(`^${kms.fingerprint} [A-Za-z0-9+/]{43}=$`, 'm')
  assert.match(text, line)
  assert.match(text, /^strongroom key file 1\n/)
  await kms.rotate()
  assert.equal((await stat(path)).mode & 0o777, 0o600)
  assert.deepEqual(await readdir(join(root, 'a', 'b')), ['root.key'])
})

test('key-file: opens what is there and makes no second key', async () => {
  const path = join(await ownDirectory(), 'root.key')
  const made = await Promise.all(
    Array.from({ length: 8 }, () => openKeyFile({ path, create: true }).catch(() => null)),
  )
  const kms = await openKeyFile({ path, create: true })
  for (const other of made) {
    if (other !== null) assert.equal(other.fingerprint, kms.fingerprint)
  }
})

test('key-file: says where it looked when there is no file', async () => {
  const path = join(await ownDirectory(), 'root.key')
  await assert.rejects(openKeyFile({ path, create: false }), {
    name: 'RootKeyFault',
    message: `there is no key file at ${path}`,
  })
})

test('key-file: refuses a file open to others, and says what mends it', async () => {
  const path = join(await ownDirectory(), 'root.key')
  await openKeyFile({ path, create: true })
  for (const mode of [0o644, 0o640, 0o660, 0o604, 0o601, 0o620]) {
    await chmod(path, mode)
    await assert.rejects(openKeyFile({ path, create: true }), {
      name: 'RootKeyFault',
      message: `${path} is open to others than its owner: chmod 600 ${path}`,
    })
  }
  for (const mode of [0o600, 0o400]) {
    await chmod(path, mode)
    await openKeyFile({ path, create: false })
  }
  const link = `${path}.link`
  await symlink(path, link)
  await openKeyFile({ path: link, create: false })
  await assert.rejects(openKeyFile({ path: join(path, '..'), create: false }), /not a file/)
})

test('key-file: refuses whatever is wrong by its line, and never shows it', async () => {
  const path = join(await ownDirectory(), 'root.key')
  await openKeyFile({ path, create: true })
  const good = await readFile(path, 'utf8')
  const lines = good.split('\n')
  const line = lines.findIndex((text) => /^[0-9a-f]/.test(text))
  const key = lines[line] ?? assert.fail('there is no key line')
  const name = key.slice(0, 19)
  const zeros = `${name} ${Buffer.alloc(32).toString('base64')}`
  const other = `${name} ${randomBytes(32).toString('base64')}`
  const inexact = key.replace(/.=$/, (end) => (end === 'B=' ? 'C=' : 'B='))
  const cases: [string, RegExp][] = [
    ['', /line 1 /],
    [good.replace('file 1', 'file 2'), /line 1 /],
    [good.slice(0, -1), /cut short/],
    [good.replace(key, key.slice(0, -1)), new RegExp(`line ${line + 1} is not a fingerprint`)],
    [good.replace(key, key.slice(20)), new RegExp(`line ${line + 1} is not a fingerprint`)],
    [good.replace(key, `${key} `), new RegExp(`line ${line + 1} is not a fingerprint`)],
    [good.replace(key, zeros), new RegExp(`line ${line + 1} is a key of zeros`)],
    [good.replace(key, other), new RegExp(`line ${line + 1} is a key under the fingerprint of`)],
    [good.replace(key, inexact), new RegExp(`line ${line + 1} is not exact base64`)],
    [`${good}${key}\n`, new RegExp(`line ${lines.length} is a key that is there already`)],
    [good.replace(`${key}\n`, ''), /holds no key/],
    [good.replaceAll('\n', '\r\n'), /line 1 /],
    ['x'.repeat(70_000), /too large/],
  ]
  for (const [text, why] of cases) {
    await write(path, text)
    await assert.rejects(openKeyFile({ path, create: true }), (error: Error) => {
      assert.equal(error.name, 'RootKeyFault')
      assert.match(error.message, why)
      assert.ok(error.message.startsWith(path))
      assert.equal(error.message.includes(key.slice(20)), false)
      return true
    })
  }
  await write(path, good)
  await openKeyFile({ path, create: false })
})

test('key-file: two processes that rotate lose no key, and both wrap under the last', async () => {
  const path = join(await ownDirectory(), 'root.key')
  const one = await openKeyFile({ path, create: true })
  const two = await openKeyFile({ path, create: false })
  const first = one.fingerprint
  const second = await one.rotate()
  const third = await two.rotate()
  assert.deepEqual(two.fingerprints, [third, second, first])
  const wrapped = await one.wrap(context, Buffer.alloc(32, 9))
  assert.deepEqual(one.fingerprints, [third, second, first])
  await two.retire()
  assert.deepEqual(Buffer.from(await two.unwrap(context, wrapped)), Buffer.alloc(32, 9))
})

test('key-file: wraps nothing once its file is gone', async () => {
  const path = join(await ownDirectory(), 'root.key')
  const kms = await openKeyFile({ path, create: true })
  const wrapped = await kms.wrap(context, Buffer.alloc(32, 9))
  await rm(path)
  await assert.rejects(kms.wrap(context, randomBytes(32)), { name: 'RootKeyFault' })
  assert.deepEqual(Buffer.from(await kms.unwrap(context, wrapped)), Buffer.alloc(32, 9))
})

test('key-file: learns from its file a root key that another process made', async () => {
  const path = join(await ownDirectory(), 'root.key')
  const one = await openKeyFile({ path, create: true })
  const two = await openKeyFile({ path, create: false })
  await one.rotate()
  const wrapped = await one.wrap(context, Buffer.alloc(32, 9))
  assert.deepEqual(Buffer.from(await two.unwrap(context, wrapped)), Buffer.alloc(32, 9))
})

test('key-file: a draft that was left refuses a rotation, and nothing else', async () => {
  const path = join(await ownDirectory(), 'root.key')
  const kms = await openKeyFile({ path, create: true })
  await write(`${path}.new`, 'left by a crash')
  await assert.rejects(kms.rotate(), { name: 'RootKeyFault', message: /root\.key\.new is there/ })
  const again = await openKeyFile({ path, create: false })
  assert.equal(again.fingerprint, kms.fingerprint)
  await kms.wrap(context, randomBytes(32))
})

test('key-file: a failed rotation leaves the file as it was, and no draft', async () => {
  const path = join(await ownDirectory(), 'root.key')
  const zeros = { path, create: true, random: (length: number) => Buffer.alloc(length) }
  await openKeyFile({ path, create: true })
  const before = await readFile(path)
  const kms = await openKeyFile(zeros)
  await assert.rejects(kms.rotate(), /zeros/)
  assert.deepEqual(await readFile(path), before)
  await assert.rejects(readFile(`${path}.new`), { code: 'ENOENT' })
})
