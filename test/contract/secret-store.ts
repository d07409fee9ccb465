import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { VALUE_BYTES_MAX } from '#domain/limits.ts'
import { SecretValue } from '#domain/secret-value.ts'
import type { Place, SecretStore } from '#ports/secret-store.ts'
import { idOf } from '#test/support/places.ts'
import { fabricatedGrant, fabricatedReceipt } from '#test/support/proofs.ts'

const grant = fabricatedGrant('secret.create')
const receipt = fabricatedReceipt('secret.read')

interface Digits {
  readonly account?: string
  readonly secret?: string
  readonly n?: number
}

/** A place in a store: the same at each call but for what is asked for. */
function placeIn(
  store: SecretStore,
  { account: a = '2', secret = '3', n = 1 }: Digits = {},
): Place {
  const [account, id] = [idOf<'account'>(a), idOf<'secret'>(secret)]
  const path = store.pathOf({ account, secret: id, group: 'production', name: 'API_KEY' })
  return {
    installation: idOf('1'),
    secret: { ...{ id, account, path }, file: false, description: null },
    n,
  }
}

/** Each store takes these at least. */
const LEAST_MAX = 4096

const bytesOf = (value: SecretValue): Buffer => Buffer.from(value.reveal())

/**
 * What every store must do, where its values are in our database or elsewhere; `open` gives an empty
 * one at each call.
 */
export function exerciseSecretStore(
  label: string,
  open: (t: TestContext) => Promise<SecretStore>,
): void {
  test(`${label}: reads back the bytes that it was given`, async (t) => {
    const store = await open(t)
    const values = [1, 2, 255, 256, 4096, VALUE_BYTES_MAX].map((size) => randomBytes(size))
    values.push(Buffer.from('\u0000\ud83d\ude00é\r\n'), Buffer.alloc(0), Buffer.alloc(64, 0xff))
    for (const [index, bytes] of values.entries()) {
      const place = placeIn(store, { n: index + 1 })
      const given = new SecretValue(Buffer.from(bytes))
      if (store.problems(given).length > 0) {
        assert.ok(bytes.length === 0 || bytes.length > LEAST_MAX, 'it takes what all stores take')
        continue
      }
      const sealed = await store.write(grant, place, given)
      assert.equal(sealed.store, store.ref)
      assert.deepEqual(bytesOf(given), bytes, 'the value given is left as it was')
      assert.deepEqual(bytesOf(await store.read(receipt, place, sealed)), bytes)
      assert.deepEqual(bytesOf(await store.read(receipt, place, sealed)), bytes, 'and again')
    }
  })

  test(`${label}: tells whether a value is the one that is stored`, async (t) => {
    const store = await open(t)
    const here = placeIn(store)
    const sealed = await store.write(grant, here, SecretValue.fromText('the value'))
    const holds = (text: string, place = here) =>
      store.holds(grant, place, sealed, SecretValue.fromText(text))
    assert.equal(await holds('the value'), true)
    for (const other of ['', 'the valuf', 'the value ', 'The value', 'the']) {
      assert.equal(await holds(other), false, JSON.stringify(other))
    }
    assert.equal(await holds('the value', { ...here, n: 2 }), false, 'what is of another place')
    const cut = { ...sealed, bytes: sealed.bytes.subarray(1) }
    const value = SecretValue.fromText('the value')
    assert.equal(await store.holds(grant, here, cut, value), false, 'what is not whole')
  })

  test(`${label}: keeps versions, secrets and accounts apart`, async (t) => {
    const store = await open(t)
    const places: Place[] = [
      placeIn(store),
      placeIn(store, { n: 2 }),
      placeIn(store, { secret: '4' }),
      placeIn(store, { account: '5' }),
    ]
    const kept = await Promise.all(
      places.map(async (place, index) => {
        const sealed = await store.write(grant, place, SecretValue.fromText(`value ${index}`))
        return { place, sealed }
      }),
    )
    for (const [index, { place, sealed }] of kept.entries()) {
      const value = await store.read(receipt, place, sealed)
      assert.equal(bytesOf(value).toString(), `value ${index}`)
    }
  })

  test(`${label}: what is stored does not show the value`, async (t) => {
    const store = await open(t)
    const sealed = await store.write(
      grant,
      placeIn(store),
      SecretValue.fromText('a value to look for'),
    )
    assert.equal(Buffer.from(sealed.bytes).includes('a value to look for'), false)
  })

  test(`${label}: refuses what is altered, cut, or another place’s`, async (t) => {
    const store = await open(t)
    const here = placeIn(store)
    const text = 'a value that is bound to its place'
    const sealed = await store.write(grant, here, SecretValue.fromText(text))
    const refuse = async (place: Place, bytes: Uint8Array): Promise<void> => {
      await assert.rejects(store.read(receipt, place, { ...sealed, bytes }), (error: Error) => {
        assert.equal(error.name, 'DamagedValue')
        assert.ok(error.message.includes(place.secret.id), 'the message names the place')
        assert.equal(error.message.includes(text), false)
        return true
      })
    }
    for (let at = 0; at < sealed.bytes.length; at++) {
      const altered = Buffer.from(sealed.bytes)
      altered[at] = (altered[at] ?? 0) ^ 0x40
      await refuse(here, altered)
      await refuse(here, sealed.bytes.subarray(0, at))
    }
    await refuse({ ...here, n: 2 }, sealed.bytes)
    await refuse({ ...here, installation: idOf('9') }, sealed.bytes)
    await refuse({ ...here, secret: { ...here.secret, id: idOf('9') } }, sealed.bytes)
    await refuse({ ...here, secret: { ...here.secret, file: true } }, sealed.bytes)
    const other = placeIn(store, { account: '9' })
    await store.write(grant, other, SecretValue.fromText('so that the account has a key'))
    await refuse(other, sealed.bytes)
  })
}
