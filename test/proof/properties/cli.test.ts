import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readArguments } from '#cli/arguments.ts'
import { parseDotenv } from '#cli/dotenv.ts'
import { variableName } from '#cli/environment.ts'
import { Failure, Misuse } from '#cli/failure.ts'
import { readGiven } from '#cli/import-file.ts'
import { clean } from '#cli/text.ts'
import { Http, vaultUrl } from '#client/http.ts'
import { SecretValue } from '#domain/secret-value.ts'
import { ownDirectory } from '#test/support/directory.ts'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { anyText, holds, isFoundOut, nearMissOf, sayHowMuch, wellFormed } from './holds.ts'

/** What people type, paste and keep in files: read as it is meant, or refused without repeating it. */

const failing = (work: () => unknown): Failure | null => {
  try {
    work()
    return null
  } catch (error) {
    assert.ok(error instanceof Failure, String(error))
    return error
  }
}

const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,15}$/)
const lf = fc
  .oneof(wellFormed(40), fc.stringMatching(/^[a-z\n"'#=\\ ]{0,20}$/))
  .map((text) => text.replaceAll('\r\n', '\n'))

/** How a value is written, and what it then is. */
const spelledValue = fc.oneof(
  lf.map((text) => text.replaceAll("'", '')).map((text) => [`'${text}'`, text] as const),
  lf.map((text) => text.replaceAll('`', '')).map((text) => [`\`${text}\``, text] as const),
  lf.map((text) => [`"${text.replace(/[\\"]/g, '\\$&')}"`, text] as const),
  fc.stringMatching(/^[A-Za-z0-9/+=:@._-]{0,30}$/).map((text) => [text, text] as const),
)
const entry = fc.tuple(fc.constantFrom('', ' ', 'export ', '\texport\t'), name, spelledValue)
const noise = fc.constantFrom('', '\n', '# NAME=value\n', '  \n\n', '  # x\n')

holds(
  '.env: what was written in any of its spellings is read as it was',
  fc.property(fc.array(fc.tuple(entry, noise), { maxLength: 6 }), (entries) => {
    const text = entries.map(
      ([[begin, of, [spelled]], rest]) => `${begin}${of}=${spelled}\n${rest}`,
    )
    const values = entries.map(([[, of, [, value]]]) => [of, value])
    assert.deepEqual(parseDotenv(text.join('')), values)
  }),
)

holds(
  '.env: any text is read or refused, and a refusal says a line and nothing of it',
  fc.property(fc.oneof(anyText(), nearMissOf('A="x\\n"\nexport B=\'y\'\nC=z # c\n')), (text) => {
    const failure = failing(() => parseDotenv(text))
    if (failure !== null)
      assert.match(
        failure.message,
        /^line [0-9]+ (?:is not|has a #) [A-Za-z=#, :]+$|^line [0-9]+ has a # in a value without quotes: put the value in quotes$/,
      )
  }),
)

holds(
  '.env: a # in a bare value is a comment behind a space, and refused elsewhere',
  fc.property(fc.stringMatching(/^[a-z# ]{0,14}$/), (bare) => {
    const trimmed = bare.trim()
    const comment = bare.search(/(?:^|\s)#/)
    const value = (comment < 0 ? bare : bare.slice(0, comment)).trim()
    const failure = failing(() => {
      assert.deepEqual(parseDotenv(`A=${bare}`), [['A', value]])
    })
    assert.equal(failure !== null, value.includes('#'), trimmed)
  }),
)

isFoundOut(
  'a reader of .env that splits lines first',
  fc.property(fc.array(entry, { minLength: 1, maxLength: 4 }), (entries) => {
    const text = entries.map(([, of, [spelled]]) => `${of}=${spelled}`).join('\n')
    assert.equal(text.split('\n').length, entries.length)
  }),
)

test('a file to import is read as the object of JSON that it is, or as .env', async () => {
  const folder = await ownDirectory()
  const path = join(folder, 'given')
  const property = fc.asyncProperty(
    fc.dictionary(name, wellFormed(40), { maxKeys: 6 }),
    fc.constantFrom('', '\ufeff', ' \n'),
    async (members, begin) => {
      await writeFile(path, begin + JSON.stringify(members))
      const given = await readGiven(path)
      const read = given.map((one) => [one.name, Buffer.from(one.value.reveal()).toString()])
      assert.deepEqual(read, Object.entries(members))
    },
  )
  await fc.assert(property, { numRuns: 100, seed: 1 })
})

holds(
  'a variable`s name is one, and that of a name that is one is itself',
  fc.property(fc.oneof(anyText(40), name), (text) => {
    const variable = variableName(text)
    if (variable === null) return
    assert.match(variable, /^[A-Za-z_][A-Za-z0-9_]*$/)
    assert.equal(variableName(variable), variable)
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(text)) assert.equal(variable, text)
  }),
)

// Bug class 63.
holds(
  'text of others steers no terminal (row 63)',
  fc.property(anyText(), (text) => {
    assert.ok(!/[\0-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/.test(clean(text)))
    assert.equal(clean(clean(text)), clean(text))
  }),
)

const shape = {
  name: 'set',
  args: ['NAME'],
  rest: null,
  extra: 'no more',
  flags: {
    group: { takes: 'GROUP', doc: '' },
    scope: { takes: 'SCOPE', many: true, doc: '' },
    deep: { doc: '' },
  },
} as const
const word = fc.oneof(
  anyText(20),
  fc.constantFrom(
    '--group',
    '--group=g',
    '--scope',
    '-g',
    '--deep',
    '--json',
    '--',
    '-',
    '--nope',
    '--__proto__',
    '--deep=1',
  ),
)

holds(
  'arguments: any words are read or refused, and what might be a value is not repeated',
  fc.property(
    fc.array(word, { maxLength: 5 }),
    fc.stringMatching(/^[A-Z0-9]{16}$/),
    (words, value) => {
      const argv = [...words, value, '--unknown', value]
      try {
        readArguments(shape, argv)
      } catch (error) {
        assert.ok(error instanceof Misuse, String(error))
        assert.ok(!error.message.includes(value))
      }
    },
  ),
)

const plainWord = fc.stringMatching(/^[a-z0-9][a-z0-9 =._-]{0,10}$/)

holds(
  'arguments: what was given is what is read, in any order',
  fc.property(
    plainWord,
    plainWord,
    fc.array(plainWord, { maxLength: 3 }),
    fc.boolean(),
    fc.nat(),
    (...drawn) => {
      const [of, group, scopes, deep, turn] = drawn
      const parts = [
        [of],
        [`--group=${group}`],
        ...scopes.map((one) => ['--scope', one]),
        ...(deep ? [['--deep']] : []),
      ]
      const at = turn % parts.length
      const asked = readArguments(shape, [...parts.slice(at), ...parts.slice(0, at)].flat())
      assert.deepEqual([asked.args, asked.flags['group'], asked.flags['deep']], [[of], group, deep])
      assert.deepEqual(
        [...(asked.flags['scope'] as readonly string[])].toSorted(),
        scopes.toSorted(),
      )
    },
  ),
)

const SEGMENTS = 3
const token = SecretValue.fromText('sr_x')

// Bug class 76.
holds(
  'a request goes to the one path that was meant, whatever its names are (row 76)',
  fc.asyncProperty(anyText(30), anyText(30), anyText(20), async (group, of, after) => {
    let asked = ''
    const fetch: typeof globalThis.fetch = (to) => {
      asked = to instanceof Request ? to.url : to.toString()
      return Promise.resolve(new Response('{}'))
    }
    const http = new Http({ url: 'https://vault.example/base/', token, fetch })
    const names = [group, 'secrets', of]
    const sent = await http.send('GET', names, { query: { after } }).catch(() => null)
    if (names.some((one) => ['', '.', '..'].includes(one))) assert.equal(sent, null)
    else {
      const { origin, pathname, searchParams } = new URL(asked)
      assert.equal(origin, 'https://vault.example')
      const segments = pathname.split('/').slice(-SEGMENTS)
      assert.deepEqual(
        segments.map(decodeURIComponent),
        names.map((one) => one.toWellFormed()),
      )
      assert.equal(pathname.split('/').length, 'base/strongroom/v1/'.split('/').length + SEGMENTS)
      assert.equal(searchParams.get('after'), after.toWellFormed())
    }
  }),
)

holds(
  'an address is one of a vault, or refused; it brings no user and no query',
  fc.property(fc.oneof(anyText(40), nearMissOf('https://vault.example/base')), (text) => {
    try {
      const url = vaultUrl(text)
      assert.match(url.protocol, /^https?:$/)
      assert.equal(url.username + url.password + url.search + url.hash, '')
    } catch (error) {
      assert.equal((error as Error).constructor.name, 'BadConnection')
    }
  }),
)

sayHowMuch('cli')
