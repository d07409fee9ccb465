import assert from 'node:assert/strict'
import {
  existsSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { test, type TestContext } from 'node:test'
import fc from 'fast-check'
import { SecretValue } from '#domain/secret-value.ts'
import { ownDirectory } from '#test/support/directory.ts'
import { variableName, variablesOf, type Variable } from './environment.ts'
import { Failure } from './failure.ts'
import { SecretFiles } from './secret-files.ts'

const variable = (name: string): Variable => ({
  name,
  secret: { id: name, name, version: 1, file: true, value: SecretValue.fromText(`of ${name}`) },
})

function files(t: TestContext): SecretFiles {
  const made = new SecretFiles()
  t.after(() => {
    made.remove()
  })
  return made
}

// Bug class 77: CVE-2025-49830, CVE-2020-8567.
test('a file of a run lies in the folder of the run, whatever its secret is called', (t) => {
  const made = files(t)
  const folder = dirname(made.add(variable('FIRST')))
  const hostile = [
    ...['../../etc/x', '..', '.', '/etc/passwd', 'a/b', 'a\\b', '~/.ssh/config', 'a\0b', '-rf'],
    ...['.bashrc', 'con', 'C:x', '\\\\host\\x', '%2e%2e%2f', '\u2024\u2024/x', 'x'.repeat(5_000)],
  ]
  for (const name of hostile) {
    const secret = { ...variable(name).secret, file: true }
    let found: readonly Variable[]
    try {
      found = variablesOf([{ group: 'g', secrets: [secret] }], true)
    } catch (error) {
      assert.ok(error instanceof Failure)
      continue
    }
    for (const one of found) {
      try {
        assert.equal(dirname(made.add(one)), folder)
      } catch (error) {
        assert.ok(error instanceof Failure, String(error))
      }
    }
  }
  assert.ok(readdirSync(folder).length > 3)
  assert.equal(statSync(folder).mode & 0o777, 0o700)
  for (const name of readdirSync(folder)) {
    assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600)
  }
})

// Bug class 77: no name of a secret is a path once it is the name of a variable.
test('a variable holds letters, digits and _ alone, whatever it is made of', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      const made = variableName(name)
      if (made !== null) assert.match(made, /^[A-Za-z_][A-Za-z0-9_]*$/)
    }),
    { numRuns: 1_000 },
  )
})

// Bug class 77: what was put there before is neither followed nor written over.
test('a file of a run is made anew: a link that waits there is not followed', async (t) => {
  const made = files(t)
  const target = join(await ownDirectory(), 'target')
  writeFileSync(target, 'theirs')
  const folder = dirname(made.add(variable('FIRST')))
  symlinkSync(target, join(folder, 'SECOND'))
  symlinkSync(`${target}-new`, join(folder, 'THIRD'))
  writeFileSync(join(folder, 'FOURTH'), 'theirs')
  for (const name of ['SECOND', 'THIRD', 'FOURTH', 'FIRST']) {
    assert.throws(() => made.add(variable(name)), Failure)
  }
  assert.equal(readFileSync(target, 'utf8'), 'theirs')
  assert.ok(!existsSync(`${target}-new`))
  assert.equal(readFileSync(join(folder, 'FOURTH'), 'utf8'), 'theirs')
  made.remove()
  assert.ok(!existsSync(folder))
  assert.equal(readFileSync(target, 'utf8'), 'theirs')
})
