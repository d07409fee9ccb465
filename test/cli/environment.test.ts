import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isDangerous, variableName, variablesOf } from '#cli/environment.ts'
import { Failure } from '#cli/failure.ts'
import { SecretValue } from '#domain/secret-value.ts'

let ids = 0
const secret = (
  name: string,
  value: string | Uint8Array = 'v',
  file = false,
  id = `s${++ids}`,
) => ({
  ...{ id, name, file, version: 1 },
  value: typeof value === 'string' ? SecretValue.fromText(value) : new SecretValue(value),
})

const names = (...secrets: ReturnType<typeof secret>[]) =>
  variablesOf([{ group: 'g', secrets }], false).map(({ name }) => name)

const fails = (message: RegExp, ...secrets: ReturnType<typeof secret>[]) =>
  assert.throws(
    () => names(...secrets),
    (error) => error instanceof Failure && message.test(error.message),
  )

test('a name that can be a variable stays; another is turned into one', () => {
  for (const name of ['OPENAI_KEY', 'lower', '_x', 'a1']) assert.equal(variableName(name), name)
  assert.equal(variableName('openai-key'), 'OPENAI_KEY')
  assert.equal(variableName('my.key v2'), 'MY_KEY_V2')
  assert.equal(variableName('straße-1'), 'STRASSE_1')
  assert.equal(variableName('clé\u{1f511}x'), 'CL__X')
})

test('no variable comes of a leading digit, or of nothing', () => {
  for (const name of ['', '1-key', '2', '-', '密钥', '=']) assert.equal(variableName(name), null)
  fails(/1-key in g cannot be a variable/, secret('1-key'))
})

test('two secrets that become one variable are an error', () => {
  fails(/a-b in g and a\.b in g both become A_B/, secret('a-b'), secret('a.b'))
  fails(/both become A_B/, secret('A_B'), secret('a-b'))
})

test('one secret by two ways is no conflict', () => {
  const one = secret('K', 'v', false, 'same')
  const groups = [
    { group: 'g', secrets: [one] },
    { group: 'h', secrets: [one] },
  ]
  assert.equal(variablesOf(groups, false).length, 1)
  assert.throws(
    () => variablesOf([...groups, { group: 'i', secrets: [secret('K')] }], false),
    /K in g and K in i/,
  )
})

test('a value that no variable can hold is an error, but not in a file', () => {
  fails(/k in g holds a NUL/, secret('k', 'a\0b'))
  fails(/k in g is not text/, secret('k', Uint8Array.of(0xff)))
  assert.deepEqual(names(secret('k', 'a\0b', true), secret('l', Uint8Array.of(0xff), true)), [
    'k',
    'l',
  ])
})

test('variables that make programs load code are refused unless permitted', () => {
  const dangerous = ['PATH', 'LD_PRELOAD', 'LD_LIBRARY_PATH', 'LD_AUDIT', 'DYLD_INSERT_LIBRARIES']
  const more = ['NODE_OPTIONS', 'BASH_ENV', 'PYTHONPATH', 'BASH_FUNC_x', 'GIT_SSH_COMMAND', 'HOME']
  for (const name of [...dangerous, ...more]) {
    assert.ok(isDangerous(name), name)
    fails(/--allow-override/, secret(name))
  }
  for (const name of ['LD_SDK_KEY', 'GIT_TOKEN', 'PATHS', 'OPENAI_KEY']) {
    assert.ok(!isDangerous(name), name)
  }
  fails(/would set PATH/, secret('PATH'))
  const [variable] = variablesOf([{ group: 'g', secrets: [secret('PATH')] }], true)
  assert.equal(variable?.name, 'PATH')
})

test('errors name names, never values', () => {
  for (const value of ['hunter2\0', 'hunter2']) {
    for (const name of ['1', 'PATH', 'k']) {
      assert.throws(
        () => names(secret(name, value), secret(name, value)),
        (error) => error instanceof Failure && !error.message.includes('hunter2'),
      )
    }
  }
})
