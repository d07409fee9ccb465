import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Variable } from '#domain/group.ts'
import { SecretValue } from '#domain/secret-value.ts'
import { idOf } from '#test/support/places.ts'
import { injected } from './injection.ts'
import type { OpenedSecret } from './read-secret.ts'

const environment = idOf<'group'>('1')
const home = idOf<'group'>('2')

const variable = (name: string): Variable => ({
  ...{ id: idOf('3'), account: idOf('4'), group: environment, name, value: 'plain' },
  ...{ description: null, createdAt: 1, updatedAt: 1, revision: 1 },
})

const secret = (name: string, group: typeof home): OpenedSecret => ({
  ...{ name, via: environment, version: 1, value: SecretValue.fromText('x') },
  secret: {
    ...{ id: idOf('5'), account: idOf('4'), group, name, description: null, type: null },
    ...{
      metadata: null,
      file: false,
      store: 'embedded',
      path: null,
      current: 1,
      latest: 1,
      createdAt: 1,
    },
    ...{ createdBy: { id: idOf('6'), kind: 'user' }, updatedAt: 1, updatedBy: null },
    ...{ deletedAt: null, wipeAt: null, revision: 1 },
  },
})

const given = (...[variables, secrets]: Parameters<typeof injected>) =>
  injected(variables, secrets).map(({ name, source }) => [name, source])

test('what has a name of its own is given, by name', () => {
  const variables = [variable('B'), variable('A')]
  const secrets = [secret('D', environment), secret('C', home)]
  assert.deepEqual(given(variables, secrets), [
    ['A', 'variable'],
    ['B', 'variable'],
    ['C', 'linked'],
    ['D', 'direct'],
  ])
})

test('of one name the direct secret is given, else the linked one, else the variable', () => {
  const [plain, linked, direct] = [variable('A'), secret('A', home), secret('A', environment)]
  assert.deepEqual(given([plain], [direct, linked]), [['A', 'direct']])
  assert.deepEqual(given([plain], [linked, direct]), [['A', 'direct']])
  assert.deepEqual(given([plain], [linked]), [['A', 'linked']])
  assert.deepEqual(given([plain], []), [['A', 'variable']])
  assert.deepEqual(given([], []), [])
})
