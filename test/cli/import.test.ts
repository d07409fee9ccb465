import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { parseDotenv } from '#cli/dotenv.ts'
import { startServer, type RunningServer } from '#test/support/server.ts'
import { cliOf, type Cli } from './run-cli.ts'

let server: RunningServer
let admin: Cli

before(async () => {
  server = await startServer()
  admin = cliOf(server)
})
after(() => server.stop())

const ok = async (ran: ReturnType<Cli>): Promise<string> => {
  const { code, text, err } = await ran
  assert.equal(code, 0, err)
  return text
}

/** Imports a file of this text. */
async function importing(text: string | Uint8Array, ...args: string[]) {
  const path = join(server.dataDir, 'import')
  await writeFile(path, text)
  return admin(['import', path, ...args])
}

// Bug class 77.
test('a .env file is read as it stands', () => {
  for (const [text, pairs] of [
    ['', []],
    ['A=1', [['A', '1']]],
    [
      '# a comment\n\n  export A = 1 # said \r\nB=\n',
      [
        ['A', '1'],
        ['B', ''],
      ],
    ],
    [
      `A='a # "b" \\n $C'\nB=x y`,
      [
        ['A', 'a # "b" \\n $C'],
        ['B', 'x y'],
      ],
    ],
    ['A="a\\nb\\"c\\" \\d" # said', [['A', 'a\nb"c" \\d']]],
    [
      "A='-----BEGIN\nbody\n-----END'\nB=`'\"`",
      [
        ['A', '-----BEGIN\nbody\n-----END'],
        ['B', `'"`],
      ],
    ],
    [
      'A==a=b==\nB.c-d=$A',
      [
        ['A', '=a=b=='],
        ['B.c-d', '$A'],
      ],
    ],
    ['A=#said', [['A', '']]],
  ] as const) {
    assert.deepEqual(parseDotenv(text), pairs, text)
  }
})

test('a line that could be read in more than one way is an error that tells only its number', () => {
  for (const [text, line] of [
    ['A=1\ncanary', 2],
    ['A=1\n\n1B=canary', 3],
    ['A="canary', 1],
    ["A='canary' more", 1],
    ['A=can#ary', 1],
    ['=canary', 1],
    ['A B=canary', 1],
    ["A='x\ny'\nB='canary", 3],
  ] as const) {
    assert.throws(
      () => parseDotenv(text),
      ({ message }: Error) => message.includes(`line ${line} `) && !message.includes('can'),
      text,
    )
  }
})

test('a plan changes nothing; applied, each name is made, changed or left as it is', async () => {
  await ok(admin(['group', 'create', 'apps']))
  await ok(admin(['set', 'OLD', '--group', 'apps'], { input: 'as it is' }))
  await ok(admin(['set', 'OTHER', '--group', 'apps'], { input: 'before' }))
  const file = 'NEW=canary-1\nOLD="as it is"\nOTHER=canary-2\nEMPTY=\n'
  const args = ['--group', 'apps']
  const plan = (await importing(file, ...args)).text
  assert.match(
    plan,
    /^NAME +WHAT\nNEW +new secret\nOLD +is the same\nOTHER +new version\nEMPTY +is/,
  )
  assert.match(plan, /nothing is changed yet: --apply does it\n$/)
  assert.doesNotMatch(plan, /canary|as it is/)
  assert.match((await admin(['get', 'NEW', ...args])).err, /no such secret/)

  const done = await importing(file, ...args, '--apply', '--json')
  assert.doesNotMatch(done.text, /canary/)
  const { applied, secrets } = JSON.parse(done.text) as { applied: boolean; secrets: unknown }
  assert.equal(applied, true)
  assert.deepEqual(secrets, [
    { name: 'NEW', change: 'new' },
    { name: 'OLD', change: 'same' },
    { name: 'OTHER', change: 'version' },
    { name: 'EMPTY', change: 'empty' },
  ])
  assert.equal(await ok(admin(['get', 'NEW', ...args])), 'canary-1')
  assert.equal(await ok(admin(['get', 'OTHER', ...args])), 'canary-2')
  assert.match(await ok(admin(['versions', 'OLD', ...args])), /^VERSION[^\n]*\n1 [^\n]*\n$/)
  assert.equal(await ok(admin(['get', 'OTHER', '--version', '1', ...args])), 'before')
  const again = await importing(file, ...args, '--apply')
  assert.doesNotMatch(again.text, /new/)
})

test('an object of JSON holds texts, and every name is one that the group can have', async () => {
  const args = ['--group', 'secrets', '--apply']
  await ok(importing('\ufeff {"db-password": "a\\nb", "api-key": "ü"}', ...args))
  assert.equal(await ok(admin(['get', 'db-password'])), 'a\nb')
  for (const [text, message] of [
    ['{"port": 8080}', /the value of port is not a text/],
    ['{"nested": {"a": "canary"}}', /the value of nested is not a text/],
    ['{"a": "canary"', /begins as an object of JSON, and is none/],
    ['fine=canary\nUPPER=canary', /UPPER cannot be a name in secrets: it must match \^/],
    ['twice=canary\ntwice=canary', /twice is there twice/],
    [Buffer.from([0xff, 0xfe]), /is not text/],
    [`large=${'x'.repeat(65_537)}`, /the value of large is larger than 65536 bytes/],
  ] as const) {
    const { code, err } = await importing(text, ...args)
    assert.equal(code, 1)
    assert.match(err, message)
    assert.doesNotMatch(err, /canary/)
  }
  assert.match((await admin(['get', 'fine'])).err, /no such secret/)
})

test('a name that is a link here, and a token that may not read, are told before anything', async () => {
  await ok(admin(['set', 'shared'], { input: 'x' }))
  await ok(admin(['group', 'create', 'linked']))
  await ok(admin(['link', 'shared', '--from', 'secrets', '--into', 'linked']))
  const linked = await importing('a=1\nshared=2', '--group', 'linked', '--apply')
  assert.equal(linked.code, 1)
  assert.match(linked.err, /shared: in this group it is a link/)
  assert.match((await admin(['get', 'a', '--group', 'linked'])).err, /no such secret/)

  const made = JSON.parse(
    await ok(admin(['token', 'create', 'writer', '--scope', 'list,write', '--json'])),
  ) as { token: string }
  const writer = cliOf({ url: server.url, token: made.token })
  const path = join(server.dataDir, 'import')
  await writeFile(path, 'shared=x')
  assert.match(await ok(writer(['import', path, '--group', 'secrets'])), /shared +new version/)
})
