import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { SecretValue } from '#domain/secret-value.ts'
import type { Place } from '#ports/secret-store.ts'
import { exerciseSecretStore } from '#test/contract/secret-store.ts'
import { MemoryKeyring } from '#test/support/memory-keyring.ts'
import { idOf } from '#test/support/places.ts'
import { fabricatedGrant, fabricatedReceipt } from '#test/support/proofs.ts'
import { sealing } from './sealing.ts'
import { embeddedStore } from './store.ts'

const storeOf = (keyring: MemoryKeyring) => embeddedStore(sealing(keyring, randomBytes, 'embedded'))

exerciseSecretStore('embedded', () => Promise.resolve(storeOf(new MemoryKeyring())))

const grant = fabricatedGrant('secret.create')
const receipt = fabricatedReceipt('secret.read')
const account = idOf<'account'>('2')
const place: Place = {
  installation: idOf('1'),
  secret: { id: idOf('3'), account, file: false, path: null, description: null },
  n: 1,
}

test('embedded: opens every generation after a rotation, and none under another', async () => {
  const keyring = new MemoryKeyring()
  const store = storeOf(keyring)
  const old = await store.write(grant, place, SecretValue.fromText('old'))
  keyring.rotate(account)
  const fresh = await store.write(grant, { ...place, n: 2 }, SecretValue.fromText('new'))
  assert.deepEqual([old.generation, fresh.generation], [1, 2])
  const read = await store.read(receipt, place, old)
  assert.equal(Buffer.from(read.reveal()).toString(), 'old')
  const moved = { ...old, generation: 2 }
  await assert.rejects(store.read(receipt, place, moved), { name: 'DamagedValue' })
})

test('embedded: what the keyring throws is not damage', async () => {
  const store = storeOf(new MemoryKeyring())
  const sealed = await store.write(grant, place, SecretValue.fromText('value'))
  const lost = { ...sealed, generation: 7 }
  await assert.rejects(store.read(receipt, place, lost), { message: 'no such generation' })
})
