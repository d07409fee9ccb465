import assert from 'node:assert/strict'
import { test } from 'node:test'
import { idOf } from '#test/support/places.ts'
import { encodeEntry, type AuditEntry } from './audit.ts'

const bare: AuditEntry = {
  at: 1_795_254_036_693,
  account: null,
  subject: null,
  token: null,
  dialect: 'strongroom',
  address: '192.0.2.7',
  action: 'unknown',
  target: null,
  outcome: 'allowed',
  reason: null,
}

test('an entry that says everything has every member, in one order', () => {
  const text = encodeEntry({
    ...bare,
    account: idOf('1'),
    subject: { id: 's', kind: 'user' },
    token: 't',
    action: 'secret.read',
    target: { kind: 'secret', id: 'x', name: 'n', version: 3 },
    outcome: 'refused',
    reason: 'denied',
    count: 2,
  })
  assert.equal(
    text,
    `{"v":1,"at":1795254036693,"account":"${idOf('1')}","subject":"s","kind":"user","token":"t",` +
      '"api":"strongroom","from":"192.0.2.7","action":"secret.read","target":"secret","id":"x",' +
      '"name":"n","version":3,"outcome":"refused","reason":"denied","count":2}',
  )
})

test('members that say nothing are left out', () => {
  assert.equal(
    encodeEntry(bare),
    '{"v":1,"at":1795254036693,"api":"strongroom","from":"192.0.2.7","action":"unknown","outcome":"allowed"}',
  )
})

test('of a thing without a name or a version none is told', () => {
  const text = encodeEntry({ ...bare, target: { kind: 'team', id: 'x' } })
  assert.match(text, /"target":"team","id":"x","outcome"/)
})
