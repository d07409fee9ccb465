import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Account } from '#ports/database.ts'
import { idOf } from '#test/support/places.ts'
import { groupFqn, groupNamed, secretFqn, secretNamed } from './full-names.ts'

const account = (name: string): Account => ({ id: idOf('1'), name, authority: 1, createdAt: 0 })

test('a full name is read back, also where the name of the account holds a colon', () => {
  for (const name of ['main', 'a:b', 'a b', ':']) {
    const own = account(name)
    assert.equal(groupNamed(own, groupFqn(own, { name: 'apps' })), 'apps')
    assert.deepEqual(secretNamed(own, secretFqn(own, { name: 'apps' }, 'a key')), {
      group: 'apps',
      key: 'a key',
    })
  }
})

test('a name of another account, or of no form, names nothing', () => {
  const own = account('main')
  for (const fqn of ['', ':', 'main', 'apps', 'other:apps', 'main:apps:key', ':main:apps']) {
    assert.equal(groupNamed(own, fqn), null, fqn)
  }
  for (const fqn of ['', '::', 'main:apps', 'other:apps:key', 'x:main:apps:key']) {
    assert.equal(secretNamed(own, fqn), null, fqn)
  }
})
