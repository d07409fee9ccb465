import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SealedRow } from '#ports/row-seal.ts'
import { MemoryKeyring } from '#test/support/memory-keyring.ts'
import { idOf } from '#test/support/places.ts'
import { rowSeal } from './row-seal.ts'

const row: SealedRow = {
  id: idOf('3'),
  account: idOf('2'),
  group: idOf('4'),
  name: 'NAME',
  description: null,
  type: null,
  metadata: null,
  file: false,
  current: 1,
  deletedAt: null,
}

test('row-seal: holds for its row through a rotation, and for no other', async () => {
  const keyring = new MemoryKeyring()
  const seal = rowSeal(keyring)
  const mac = await seal.seal(row)
  keyring.rotate(row.account)
  const fresh = await seal.seal(row)
  assert.notDeepEqual(fresh, mac)
  for (const made of [mac, fresh]) {
    assert.equal(await seal.holds(row, made), true)
    assert.equal(await seal.holds({ ...row, name: 'OTHER' }, made), false)
    assert.equal(await seal.holds({ ...row, current: 2 }, made), false)
  }
})

test('row-seal: two rows of one account cannot be swapped', async () => {
  const seal = rowSeal(new MemoryKeyring())
  const other = { ...row, id: idOf<'secret'>('5'), name: 'OTHER' }
  const [mine, theirs] = [await seal.seal(row), await seal.seal(other)]
  assert.equal(await seal.holds({ ...row, name: 'OTHER' }, mine), false)
  assert.equal(await seal.holds({ ...row, name: 'OTHER' }, theirs), false)
  assert.equal(await seal.holds(other, mine), false)
})

test('row-seal: what is no MAC of ours does not hold, and needs no key', async () => {
  const seal = rowSeal(new MemoryKeyring())
  for (const mac of [Buffer.alloc(0), Buffer.alloc(37), Buffer.alloc(32, 1)]) {
    assert.equal(await seal.holds(row, mac), false)
  }
})
