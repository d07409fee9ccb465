import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nothingIsBanned, proofsTakeTheirTime, sqlIsFixed } from './banned.ts'
import { bugClassesAreShown } from './bug-classes.ts'
import { domainImportsNothing, importsDoNotClimb, importsFollowArrows } from './arrows.ts'
import { nothingRunsOnInstall, packagesAreFewAndExact } from './packages.ts'
import { onlyDeliveryReveals, plainTypes, proofsHaveOneMaker } from './proofs.ts'
import { dialectsAreAlike, filesAreReadable, noRegistryIsNamed, nothingIsDead } from './shape.ts'
import { readTree, type File, type Law } from './tree.ts'

const tree = readTree()

/** One file each: what breaks the law, and what does not though it looks like it. */
interface Trial {
  readonly law: Law
  readonly breaks: readonly File[]
  readonly keeps: readonly File[]
}

const file = (path: string, text: string): File => ({ path, text })
const importing = (path: string, ...specifiers: string[]): File =>
  file(path, specifiers.map((one) => `import { x } from '${one}'`).join('\n'))

const manifest = (parts: Readonly<Record<string, Readonly<Record<string, string>>>>): File =>
  file('package.json', JSON.stringify(parts))

const lock = (of: Readonly<Record<string, boolean>>): File =>
  file(
    'package-lock.json',
    JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0', ...of } } }),
  )

/** A host's name that does not stand in this file. */
const host = (...parts: string[]): string => parts.join('.')

/** The table of bug classes with this as what is said of the first one. */
const bugClasses = (first: string, count = 100): File =>
  file(
    'docs/bug-classes.md',
    Array.from({ length: count }, (_, n) => {
      const shown = n === 0 ? first : 'Not here: no such thing.'
      return `| ${n + 1} | CVE-1 | a vault | it fell | ${shown} |`
    }).join('\n'),
  )
const shownBy = '`test/a.test.ts › it holds`'
const bugs = (...numbers: number[]): string =>
  `// Bug class${numbers.length > 1 ? 'es' : ''} ${numbers.join(', ')}.`
const tested = (comment: string, test = `test('it holds', () => {})`): File =>
  file('test/a.test.ts', `${comment}\n${test}\n`)

const many = Object.fromEntries(Array.from({ length: 13 }, (_, n) => [`p${n}`, '1.0.0']))

const TRIALS: Readonly<Record<string, Trial>> = {
  'imports follow the arrows': {
    law: importsFollowArrows,
    breaks: [
      importing('src/ports/a.ts', '#core/a.ts'),
      importing('src/domain/a.ts', '#ports/a.ts'),
      importing('src/crypto/a.ts', '#ports/a.ts'),
      importing('src/core/a.ts', '#database/a.ts'),
      importing('src/core/a.ts', '#dialects/dialect.ts'),
      importing('src/database/a.ts', '#core/a.ts'),
      importing('src/database/a.ts', '#crypto/a.ts'),
      importing('src/dialects/one/a.ts', '#crypto/a.ts'),
      importing('src/dialects/one/a.ts', '#stores/embedded/store.ts'),
      importing('src/dialects/one/a.ts', '#dialects/two/a.ts'),
      importing('src/dialects/kit.ts', '#dialects/two/a.ts'),
      importing('src/stores/one/a.ts', '#stores/two/a.ts'),
      importing('src/stores/one/a.ts', '#crypto/a.ts'),
      importing('src/kms/one/a.ts', '#kms/two/a.ts'),
      importing('src/client/a.ts', '#core/a.ts'),
      importing('src/cli/a.ts', '#crypto/a.ts'),
      importing('src/cli/a.ts', '#database/a.ts'),
      importing('src/cli/a.ts', '#server/a.ts'),
      importing('src/server/a.ts', '#cli/a.ts'),
      importing('src/server/a.ts', '#test/support/a.ts'),
      importing('src/attic/a.ts'),
      file('src/core/a.ts', `export * from '#server/a.ts'`),
      file('src/core/a.ts', `import type { A } from '#server/a.ts'`),
      file('src/core/a.ts', `const a = await import('#server/a.ts')`),
      file('src/core/a.ts', `type A = import('#server/a.ts').A`),
    ],
    keeps: [
      importing(
        'src/core/a.ts',
        '#domain/a.ts',
        '#ports/a.ts',
        '#crypto/a.ts',
        './b.ts',
        'node:fs',
      ),
      importing('src/dialects/one/a.ts', './b.ts', '#core/a.ts', '#dialects/dialect.ts'),
      importing('src/stores/embedded/a.ts', '#crypto/a.ts'),
      importing('src/kms/one/a.ts', '#crypto/a.ts', '#kms/local-kms.ts'),
      importing('src/cli/verify-a.ts', '#crypto/a.ts', '#client/a.ts'),
      importing('src/server/a.ts', '#dialects/one/index.ts', '#database/a.ts', '#kms/one/a.ts'),
      importing('src/core/a.test.ts', '#server/a.ts', '#test/support/a.ts'),
      importing('test/a.ts', '#server/a.ts'),
      file('src/core/a.ts', `const text = "import { x } from '#server/a.ts'"`),
    ],
  },
  'the domain imports nothing': {
    law: domainImportsNothing,
    breaks: [importing('src/domain/a.ts', 'node:crypto'), importing('src/domain/a.ts', 'typebox')],
    keeps: [importing('src/domain/a.ts', './b.ts'), importing('src/core/a.ts', 'node:crypto')],
  },
  'imports do not climb': {
    law: importsDoNotClimb,
    breaks: [
      importing('src/core/a.ts', '../domain/b.ts'),
      importing('test/api/a.test.ts', './../support/b.ts'),
      file('src/core/a.ts', `const b = await import('../b.ts')`),
      importing('src/core/a.ts', '#core/b.ts'),
    ],
    keeps: [
      importing('src/database/engines/sqlite/a.ts', '#database/b.ts', './c.ts'),
      importing('src/database/a.ts', './engines/sqlite/b.ts'),
    ],
  },
  'only stores, dialects and delivery reveal a value': {
    law: onlyDeliveryReveals,
    breaks: [
      file('src/core/a.ts', 'value.reveal()'),
      file('src/database/a.ts', 'const open = value?.reveal'),
      file('src/server/log.ts', 'log(value\n  .reveal())'),
      file('src/cli/list.ts', 'value.reveal()'),
    ],
    keeps: [
      file('src/dialects/one/a.ts', 'value.reveal()'),
      file('src/stores/one/a.ts', 'value.reveal()'),
      file('src/core/a.test.ts', 'value.reveal()'),
      file('src/core/a.ts', '// value.reveal() is not for here'),
    ],
  },
  'only one file makes a grant, only one a receipt': {
    law: proofsHaveOneMaker,
    breaks: [
      file('src/core/a.ts', 'const a = {} as Grant'),
      file('src/core/commit.ts', 'const a = {} as Grant<A>'),
      file('src/core/authorize.ts', 'const a = {} as Receipt'),
      file('src/stores/one/a.ts', 'const a = {} as unknown as Receipt<A>'),
    ],
    keeps: [
      file('src/core/authorize.ts', 'const a = {} as Grant<A>'),
      file('src/core/commit.ts', 'const a = {} as Receipt<A>'),
      file('src/core/a.ts', 'const a: Grant = b\nconst c = d as Granted'),
      file('test/support/proofs.ts', 'const a = {} as Grant'),
    ],
  },
  'no enum, no namespace, no any': {
    law: plainTypes,
    breaks: [
      file('src/core/a.ts', 'enum A { B }'),
      file('src/core/a.ts', 'namespace A { export const b = 1 }'),
      file('test/a.ts', 'const a: any = 1'),
      file('bench/a.ts', 'type A = Record<string, any>'),
    ],
    keeps: [
      file('src/server/a.ts', `declare module 'fastify' { interface A { b: number } }`),
      file('src/core/a.ts', `const any = 'enum A {}' // any namespace\ntype A = B<any_>`),
    ],
  },
  'a file can be read in one sitting': {
    law: filesAreReadable,
    breaks: ['src/core/a.ts', 'test/a.test.ts', 'examples/a/b.ts'].map((path) =>
      file(path, 'x\n'.repeat(401)),
    ),
    keeps: [file('src/core/a.ts', 'x\n'.repeat(400)), file('test/a.json', 'x\n'.repeat(401))],
  },
  'nothing is dead': {
    law: nothingIsDead,
    breaks: [file('src/core/a.ts', ''), importing('src/core/a.ts', './a.ts')],
    keeps: [
      file('src/core/a.test.ts', ''),
      file('src/database/migrations/0001.sql', ''),
      importing('src/server/main.ts'),
    ],
  },
  'dialects are alike': {
    law: dialectsAreAlike,
    breaks: [file('src/dialects/fifth/index.ts', ''), file('src/dialects/fifth/schemas.ts', '')],
    keeps: [file('src/dialects/kit.ts', '')],
  },
  'no registry is named': {
    law: noRegistryIsNamed,
    breaks: [
      file('package-lock.json', `"resolved": "https://${host('registry', 'npmjs', 'org')}/a"`),
      file('docs/a.md', `pip install -i https://${host('pypi', 'org')}/simple`),
      file('.npmrc', `registry=https://${host('registry', 'yarnpkg', 'com')}`),
      file('a.txt', `https://${host('files', 'pythonhosted', 'org')}/x`),
    ],
    keeps: [file('docs/a.md', 'npm install strongroom; the tool registry of the house')],
  },
  'packages are few and exact': {
    law: packagesAreFewAndExact,
    breaks: [
      manifest({ dependencies: many }),
      manifest({ dependencies: { a: '^1.0.0' } }),
      manifest({ devDependencies: { a: '~1.0.0' } }),
      manifest({ optionalDependencies: { a: 'latest' } }),
      manifest({ dependencies: { a: '1.x' } }),
      file('readme', ''),
    ],
    keeps: [manifest({ dependencies: { a: '1.0.0' }, devDependencies: { b: '1.0.0-beta.17' } })],
  },
  // Bug classes 90, 91, 92, 95.
  'nothing is used that has undone others': {
    law: nothingIsBanned,
    breaks: [
      file('src/core/a.ts', 'const a = Math.random()'),
      file('src/core/a.ts', `const a = new Function('return 1')`),
      file('src/core/a.ts', `const a = Function('return 1')`),
      file('src/core/a.ts', `eval('1')`),
      file('src/cli/a.ts', `spawn('ls', [], { shell: true })`),
      file('src/stores/one/a.ts', 'const a = { rejectUnauthorized: false }'),
      file('src/crypto/a.ts', 'const padding = constants.RSA_PKCS1_PADDING'),
      file('src/crypto/a.ts', `import { privateDecrypt } from 'node:crypto'`),
      file('src/crypto/a.ts', 'Buffer.allocUnsafe(8)'),
      file('src/server/a.ts', `import { createSecureServer } from 'node:http2'`),
      file('src/core/a.ts', `import { runInNewContext } from 'node:vm'`),
    ],
    keeps: [
      file('src/core/a.ts', 'world.random(16)'),
      file('src/core/a.ts', '// Math.random() and eval() are not for here'),
      file('src/core/a.test.ts', 'Math.random()'),
      file('src/cli/a.ts', `spawn('ls', [], { stdio: 'inherit' })`),
      file('src/crypto/a.ts', 'Buffer.allocUnsafeSlow(8)'),
    ],
  },
  // Bug classes 25, 26, 27.
  'proofs are compared in the same time, whatever they are': {
    law: proofsTakeTheirTime,
    breaks: [
      file('src/core/a.ts', 'if (row.digest === digest) open()'),
      file('src/crypto/a.ts', 'if (mac !== expected) stop()'),
      file('src/server/a.ts', 'if (row.digest.equals(shown)) open()'),
      file('src/crypto/a.ts', 'Buffer.compare(given, gcm.tag)'),
    ],
    keeps: [
      file('src/core/a.ts', 'if (digest === null || mac.length !== 32) stop()'),
      file('src/core/a.ts', `if (tokens.equal(row.digest, digest) && kind === 'mac') open()`),
    ],
  },
  // Bug class 81.
  'SQL is made of words of the program': {
    law: sqlIsFixed,
    breaks: [
      file('src/database/a.ts', 'statement(`get`, `SELECT * FROM a ORDER BY ${sort}`)'),
      file('src/database/a.ts', `statement('get', 'SELECT ' + columns)`),
      file('src/database/a.ts', `statement('get', sqlOf(sort))`),
    ],
    keeps: [
      file('src/database/a.ts', 'statement(`get`, `SELECT ${COLUMNS} FROM a`)'),
      file('src/database/a.ts', `statement<{ a: string }>('get', 'SELECT :a')`),
    ],
  },
  'each bug class is shown not to be here': {
    law: bugClassesAreShown,
    breaks: [
      file('readme', ''),
      bugClasses('it is fine'),
      bugClasses(shownBy),
      bugClasses('Not here: no such thing.', 99),
      file('docs/bug-classes.md', `${bugClasses('Not here: x.').text}\n| 7 | | | | Not here: x. |`),
    ],
    keeps: [bugClasses('Not here: no such thing.')],
  },
  'nothing runs on install': {
    law: nothingRunsOnInstall,
    breaks: [lock({ hasInstallScript: true }), file('readme', '')],
    keeps: [lock({ hasInstallScript: true, dev: true }), lock({ dev: false }), lock({})],
  },
}

for (const [name, { law, breaks, keeps }] of Object.entries(TRIALS)) {
  test(`law: ${name}`, () => {
    assert.deepEqual(law(tree), [])
  })

  test(`law: ${name}: what breaks it is seen, what keeps it is not`, () => {
    for (const one of breaks) {
      assert.notEqual(law([one]).length, 0, `${one.path}: ${one.text.slice(0, 80)}`)
    }
    for (const one of keeps) assert.deepEqual(law([one]), [], one.path)
  })
}

test('law: a file is dead only if nothing that is started leads to it', () => {
  const started = [
    importing('src/server/main.ts', '#core/a.ts'),
    file('src/core/a.ts', `const b = await import('./b.ts')`),
    file('src/core/b.ts', `export { c } from './c.ts'`),
    file('src/core/c.ts', ''),
  ]
  assert.deepEqual(nothingIsDead(started), [])
  assert.deepEqual(nothingIsDead(started.toSpliced(1, 1)), [
    'src/core/b.ts is part of nothing',
    'src/core/c.ts is part of nothing',
  ])
})

test('law: a dialect with all its files is in order once it is registered', () => {
  const folder = ['index', 'faults', 'schemas'].map((name) => file(`src/dialects/x/${name}.ts`, ''))
  const register = importing('src/server/dialects.ts', '#dialects/x/index.ts')
  assert.deepEqual(dialectsAreAlike([...folder, register]), [])
  assert.equal(dialectsAreAlike(folder).length, 1)
})

test('law: a bug class and its tests name each other', () => {
  const table = bugClasses(shownBy)
  for (const right of [
    tested(bugs(1)),
    tested(`// Bug class 1: as it was there.\n// And more.`),
    tested(bugs(1), `  test(\n    'it holds',\n    () => {})`),
    tested(bugs(1), `'it holds': {}`),
  ]) {
    assert.deepEqual(bugClassesAreShown([table, right]), [], right.text)
  }
  for (const wrong of [
    tested('// No bug.'),
    tested(bugs(2)),
    tested(bugs(1, 2)),
    tested(bugs(1), `test('it holds not', () => {})`),
    tested(bugs(1), `const a = 1\ntest('it holds', () => {})`),
    { ...tested(bugs(1)), path: 'test/b.test.ts' },
    { ...tested(bugs(1)), path: 'src/core/a.ts' },
  ]) {
    assert.notDeepEqual(bugClassesAreShown([table, wrong]), [], wrong.text)
  }
})

test('law: the tree that is looked at is the project', () => {
  const paths = new Set(tree.map(({ path }) => path))
  for (const path of ['package.json', 'src/server/main.ts', 'test/tree/laws.test.ts']) {
    assert.ok(paths.has(path), path)
  }
  assert.ok(tree.filter(({ text }) => text !== '').length > 200)
})
