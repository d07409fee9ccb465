import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test, type TestContext } from 'node:test'
import { VALUE_BYTES_MAX } from '#domain/limits.ts'
import { SecretValue } from '#domain/secret-value.ts'
import { exerciseRemoteFaults } from './remote-store/faults.ts'
import { exerciseRemoteOwnership } from './remote-store/ownership.ts'
import { exerciseAsSecretStore } from './remote-store/secret-store.ts'
import { bytesOf, here, soon, writing, type RemoteUnderTest } from './remote-store/trial.ts'

export { ownPrefix, type Plant, type RemoteUnderTest } from './remote-store/trial.ts'

const TEXTS = [
  ...[
    'a',
    ' ',
    '\n',
    ' a line and its end\r\n',
    '0',
    'null',
    '{"a":[1,"b"]}',
    '12345678901234567890',
  ],
  ...['\u0000\u0001\u001f\u007f\u0080', '\ufeffwith a mark', 'é\ud83d\ude00\u2028', '\ufffe\uffff'],
  ...['{{ssm:other}}', '${HOME} %s {{ x }}', 'base64:YWJj', 'YWJj', '<a href="b">&amp;</a>'],
]

const BYTES = [
  Buffer.from([0xff]),
  Buffer.from([0xc3, 0x28]),
  Buffer.from([0xed, 0xa0, 0x80]),
  Buffer.alloc(64, 0x80),
  randomBytes(300),
]

/**
 * What every remote store must do; `open` gives one whose prefix (`ownPrefix()`) nothing else uses,
 * at each call. Emulator or real account makes no difference to it.
 */
export function exerciseRemoteStore(
  label: string,
  open: (t: TestContext) => Promise<RemoteUnderTest>,
): void {
  test(`${label}: gives back every byte of every version`, async (t) => {
    const { store, put } = writing(t, await open(t))
    const path = store.pathOf(here())
    const given = [...TEXTS.map((text) => Buffer.from(text)), ...BYTES]
    const written: { version: string; bytes: Buffer }[] = []
    for (const bytes of given) {
      const value = new SecretValue(Buffer.from(bytes))
      assert.deepEqual(store.problems(value), [])
      written.push({ version: await put({ value }), bytes })
      assert.deepEqual(bytesOf(value), bytes, 'the value given is left as it was')
    }
    for (const { version, bytes } of written) {
      assert.deepEqual(bytesOf(await store.get(path, version, soon())), bytes)
    }
    const versions = (await store.versions(path, here().mark, soon())) ?? []
    assert.deepEqual(versions.toSorted(), written.map(({ version }) => version).toSorted())
  })

  test(`${label}: takes values up to its limits, and says which it does not take`, async (t) => {
    const { store, put, limits } = writing(t, await open(t))
    const path = store.pathOf(here())
    const roundTrip = async (bytes: Buffer) => {
      const value = new SecretValue(bytes)
      assert.deepEqual(store.problems(value), [])
      assert.deepEqual(bytesOf(await store.get(path, await put({ value }), soon())), bytes)
    }
    const at = ['body', 'value']
    const refuses = (bytes: Buffer, limit: number) => {
      const problem = { at, rule: 'too_long', limit, unit: 'bytes' }
      assert.deepEqual(store.problems(new SecretValue(bytes)), [problem])
    }
    const binary = (size: number) => Buffer.alloc(size, 0xfe)
    await roundTrip(wholeCharacters(limits.text ?? VALUE_BYTES_MAX))
    await roundTrip(Buffer.alloc(limits.text ?? VALUE_BYTES_MAX, 'x'))
    await roundTrip(binary(limits.bytes ?? VALUE_BYTES_MAX))
    if (limits.text !== null) refuses(Buffer.alloc(limits.text + 1, 'x'), limits.text)
    if (limits.text !== null) refuses(wholeCharacters(limits.text + 2), limits.text)
    if (limits.bytes !== null) refuses(binary(limits.bytes + 1), limits.bytes)
    for (const size of limits.also ?? []) await roundTrip(Buffer.alloc(size, 'x'))
    if (limits.least === 0) await roundTrip(Buffer.alloc(0))
    else {
      const problem = { at, rule: 'too_short', limit: limits.least }
      assert.deepEqual(store.problems(new SecretValue(Buffer.alloc(0))), [problem])
    }
  })

  test(`${label}: keeps secrets, accounts and prefixes apart`, async (t) => {
    const { store, put } = writing(t, await open(t))
    const other = writing(t, await open(t))
    const whose = [here(), here({ secret: '4' }), here({ account: '5' }), here({ name: 'API_KEY' })]
    const paths = new Set([...whose.slice(0, 3), here()].map((one) => store.pathOf(one)))
    assert.equal(paths.size, 3)
    assert.notEqual(store.pathOf(here()), other.store.pathOf(here()))
    const written = await Promise.all(
      whose.slice(0, 3).map(async (one, n) => ({
        one,
        text: `value ${n}`,
        version: await put({ value: SecretValue.fromText(`value ${n}`), of: one }),
      })),
    )
    const elsewhere = await other.put({ value: SecretValue.fromText('elsewhere') })
    for (const { one, text, version } of written) {
      const value = await store.get(store.pathOf(one), version, soon())
      assert.equal(bytesOf(value).toString(), text)
    }
    const value = await other.store.get(other.store.pathOf(here()), elsewhere, soon())
    assert.equal(bytesOf(value).toString(), 'elsewhere')
  })

  test(`${label}: takes names and descriptions of any length and kind`, async (t) => {
    const { store, put } = writing(t, await open(t))
    const names = ['x'.repeat(500), 'é/../\u0000 %2F?#[]', '..', '', 'AWS', 'a--------------b']
    for (const [n, name] of names.entries()) {
      const of = here({ name, group: name, secret: String(n) })
      const value = SecretValue.fromText(`value ${n}`)
      const descriptions = ['x'.repeat(4096), 'é\ud83d\ude00\n\u0000"'.repeat(900), '', null]
      for (const description of descriptions) {
        const version = await put({ value, of, description })
        const found = bytesOf(await store.get(store.pathOf(of), version, soon()))
        assert.equal(found.toString(), `value ${n}`)
      }
    }
  })

  test(`${label}: the same operation again harms nothing`, async (t) => {
    const { store, put, repeats } = writing(t, await open(t))
    const path = store.pathOf(here())
    const value = SecretValue.fromText('once or twice')
    const operation = crypto.randomUUID()
    const first = await put({ value, operation })
    const again = await put({ value, operation })
    assert.equal(bytesOf(await store.get(path, again, soon())).toString(), 'once or twice')
    if (repeats === 'same version') assert.equal(again, first)
    const versions = (await store.versions(path, here().mark, soon())) ?? []
    assert.ok(versions.includes(again))
  })

  test(`${label}: many at once to one path are versions of their own`, async (t) => {
    const { store, put } = writing(t, await open(t))
    const path = store.pathOf(here())
    const texts = Array.from({ length: 5 }, (_, n) => `value ${n}`)
    const written = await Promise.all(
      texts.map((text) => put({ value: SecretValue.fromText(text) })),
    )
    assert.equal(new Set(written).size, texts.length)
    for (const [n, version] of written.entries()) {
      const value = await store.get(path, version, soon())
      assert.equal(bytesOf(value).toString(), texts[n])
    }
  })

  exerciseAsSecretStore(label, open)
  exerciseRemoteOwnership(label, open)
  exerciseRemoteFaults(label, open)
}

/** Text of this many bytes, an even number, none of its characters cut. */
const wholeCharacters = (size: number): Buffer => Buffer.alloc(size - (size % 2), 'é')
