import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readArguments } from '#cli/arguments.ts'
import { Misuse } from '#cli/failure.ts'

const shape = {
  name: 'set',
  args: ['NAME'],
  rest: null,
  extra: 'not from here',
  flags: {
    group: { takes: 'GROUP', doc: '' },
    scope: { takes: 'SCOPE', many: true, doc: '' },
    deep: { doc: '' },
  },
} as const

const fails = (
  argv: readonly string[],
  message: RegExp,
  of: Parameters<typeof readArguments>[0] = shape,
) =>
  assert.throws(
    () => readArguments(of, argv),
    (error) => error instanceof Misuse && error.exitCode === 2 && message.test(error.message),
  )

test('reads arguments, options and switches in any order', () => {
  const asked = readArguments(shape, [
    '--scope',
    'a',
    'n',
    '--deep',
    '--scope=b',
    '--group',
    'g',
    '--json',
  ])
  assert.deepEqual(asked, {
    args: ['n'],
    flags: { group: 'g', scope: ['a', 'b'], deep: true },
    rest: [],
    json: true,
  })
})

test('what is not given is absent, empty or false', () => {
  const { flags, json } = readArguments(shape, ['n'])
  assert.deepEqual(flags, { group: undefined, scope: [], deep: false })
  assert.equal(json, false)
})

test('an argument after -- may begin with a dash', () => {
  assert.deepEqual(readArguments(shape, ['--', '-n']).args, ['-n'])
})

test('says what is missing, unknown, too many or given twice', () => {
  fails([], /^set: NAME is missing/)
  fails(['n', '--gruop', 'g'], /no option --gruop/)
  fails(['n', '-x'], /no option -x/)
  fails(['n', 'v'], /^set: not from here/)
  fails(['n', 'v'], /argument too many/, { ...shape, extra: null })
  fails(['n', '--group'], /--group takes GROUP/)
  fails(['n', '--group', '--deep'], /--group takes GROUP/)
  fails(['n', '--deep=1'], /--deep takes no value/)
  fails(['n', '--group', 'a', '--group', 'b'], /--group is given twice/)
  fails(['n'], /--group GROUP is missing/, {
    ...shape,
    flags: { group: { takes: 'GROUP', required: true, doc: '' } },
  })
})

test('an error never repeats what may be a value', () => {
  for (const argv of [
    ['n', 'sk-live-4242'],
    ['n', '--SK-live-4242'],
    ['n', '--deep=sk-live-4242'],
    ['n', '--value=sk-live-4242'],
    ['n', '--sk_live_4242'],
  ]) {
    assert.throws(
      () => readArguments(shape, argv),
      (error) => error instanceof Misuse && !error.message.includes('4242'),
    )
  }
})

test('what follows -- is left alone where a command is to follow', () => {
  const run = { ...shape, args: [], rest: '-- COMMAND [ARGUMENT...]' }
  const asked = readArguments(run, ['--group', 'g', '--', 'ls', '--group', '-l', '--'])
  assert.deepEqual(asked.rest, ['ls', '--group', '-l', '--'])
  assert.equal(asked.flags['group'], 'g')
  fails(['ls'], /behind --/, run)
  fails(['--group', 'g', '--'], /behind --/, run)
  fails(['ls', '--', '-l'], /put -- before/, run)
})
