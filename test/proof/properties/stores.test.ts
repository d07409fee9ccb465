import assert from 'node:assert/strict'
import { BlockList } from 'node:net'
import fc from 'fast-check'
import { formatId, type Id } from '#domain/ids.ts'
import { SecretValue } from '#domain/secret-value.ts'
import { STORE_PREFIX } from '#domain/store.ts'
import { isPrivate } from '#server/store-address.ts'
import * as parameterStore from '#stores/aws-parameter-store/value.ts'
import * as keyVault from '#stores/azure-key-vault/value.ts'
import { faultOf } from '#stores/azure-key-vault/faults.ts'
import { markIn, wordsOf } from '#stores/mark.ts'
import { pathOf, type PathRules } from '#stores/path.ts'
import { cutTo, cutToBytes, plainTextOf, textOf } from '#stores/text.ts'
import * as vault from '#stores/vault/value.ts'
import { anyBytes, anyText, holds, isFoundOut, sayHowMuch, wellFormed } from './holds.ts'

/** What goes to a store outside: each secret to a path of its own, each value as it can come back. */

/** As each store says them, and as small as they can be. */
const stores: Readonly<Record<string, PathRules>> = {
  'aws-secrets-manager': { separator: '/', also: /[_+=.@-]/, limit: 512 },
  'aws-parameter-store': { separator: '/', also: /[_.-]/, limit: 800 },
  'azure-key-vault': { separator: '-', also: /-/, limit: 127 },
  'gcp-secret-manager': { separator: '-', also: /[_-]/, limit: 255 },
  vault: { separator: '/', also: /[_.-]/, limit: 900 },
}
const anyStore = fc.constantFrom(...Object.values(stores))

const anyId = fc
  .tuple(fc.nat(), fc.bigInt(0n, (1n << 74n) - 1n))
  .map(([time, chance]) => formatId<never>(time, chance))
const fewIds: fc.Arbitrary<Id<never>> = fc.nat({ max: 3 }).map((n) => formatId<never>(n, 0n))
const prefix = fc.stringMatching(new RegExp(STORE_PREFIX))
const name = fc.oneof(
  anyText(600),
  fc.stringMatching(/^[a-z/._:-]{0,12}$/),
  fc.constantFrom('.', '..', ''),
)
const named = fc.record({ account: fewIds, secret: fewIds, group: name, name })

holds(
  'path: two secrets never share one, whatever the store makes of case',
  fc.property(prefix, named, named, anyStore, (begin, one, two, rules) => {
    fc.pre(one.secret !== two.secret || one.account !== two.account)
    const [first, second] = [pathOf(begin, one, rules), pathOf(begin, two, rules)]
    assert.notEqual(first.toLowerCase(), second.toLowerCase())
  }),
)

holds(
  'path: stores with other beginnings never share one',
  fc.property(prefix, prefix, named, named, anyStore, (begin, other, one, two, rules) => {
    fc.pre(begin.toLowerCase() !== other.toLowerCase())
    fc.pre(one.secret !== two.secret || one.account !== two.account)
    assert.notEqual(
      pathOf(begin, one, rules).toLowerCase(),
      pathOf(other, two, rules).toLowerCase(),
    )
  }),
)

// Bug class 76.
holds(
  'path: is as long as the store takes and of what it takes, and climbs nowhere (row 76)',
  fc.property(
    prefix,
    fc.record({ account: anyId, secret: anyId, group: name, name }),
    anyStore,
    (...drawn) => {
      const [begin, of, rules] = drawn
      const path = pathOf(begin, of, rules)
      assert.ok(path.length <= rules.limit, path)
      assert.ok(
        Array.from(path).every(
          (one) => /[a-zA-Z0-9]/.test(one) || rules.also.test(one) || one === rules.separator,
        ),
      )
      if (rules.separator === '/') {
        const parts = path.split('/')
        assert.equal(parts.length, 5)
        for (const part of parts) assert.ok(part !== '' && !/^\.+$/.test(part), path)
        assert.equal(new URL(path, 'http://host/v1/').pathname, `/v1/${path}`)
      }
    },
  ),
)

isFoundOut(
  'a path of names alone',
  fc.property(named, named, anyStore, (one, two, { separator }) => {
    fc.pre(one.secret !== two.secret)
    assert.notEqual([one.group, one.name].join(separator), [two.group, two.name].join(separator))
  }),
)

/** Values that look like something to a store, among any others. */
const value = fc
  .oneof(
    anyBytes(),
    wellFormed().map((text) => Buffer.from(text)),
    fc
      .constantFrom('base64:', 'base64:AAAA', '{{ssm:x}}', '\ufeffx', '', '\0', 'null')
      .map((text) => Buffer.from(text)),
  )
  .map((bytes) => new SecretValue(bytes))

const bytesOf = (of: SecretValue | null): Buffer | null => of && Buffer.from(of.reveal())

holds(
  'Parameter Store: every value comes back, and is text that the store keeps',
  fc.property(value, (of) => {
    const text = parameterStore.spelled(of)
    assert.ok(text.isWellFormed() && !text.includes('{{'))
    assert.deepEqual(bytesOf(parameterStore.valueIn(text)), bytesOf(of))
  }),
)

holds(
  'Key Vault: every value comes back',
  fc.property(value, (of) => {
    const { value: text, contentType } = keyVault.stored(of)
    assert.deepEqual(bytesOf(keyVault.opened(text, contentType)), bytesOf(of))
  }),
)

const put = (of: SecretValue) => ({
  ...{ path: 'p', value: of, description: null, operation: 'o' },
  mark: {
    installation: formatId<never>(1, 1n),
    account: formatId<never>(2, 1n),
    secret: formatId<never>(3, 1n),
  },
})

holds(
  'Vault: every value comes back, with its mark',
  fc.property(value, (of) => {
    const members = JSON.parse(JSON.stringify(vault.membersOf(put(of)))) as Record<string, unknown>
    assert.deepEqual(bytesOf(vault.valueIn(members)), bytesOf(of))
    assert.deepEqual(markIn(members), put(of).mark)
  }),
)

holds(
  'what somebody else wrote is text, base64 in its one form, or none: never other bytes',
  fc.property(anyText(), (text) => {
    const spelled = parameterStore.valueIn(`base64:${text}`)
    if (spelled !== null) assert.equal(Buffer.from(spelled.reveal()).toString('base64'), text)
    const opened = keyVault.opened(text, 'application/octet-stream;base64')
    if (opened !== null) assert.equal(Buffer.from(opened.reveal()).toString('base64'), text)
    const read = vault.valueIn({ value: text, encoding: 'base64' })
    if (read !== null) assert.equal(Buffer.from(read.reveal()).toString('base64'), text)
  }),
)

holds(
  'a mark is read back, and none is read of anything else',
  fc.property(anyId, anyId, anyId, anyText(30), (installation, account, secret, other) => {
    const mark = { installation, account, secret }
    assert.deepEqual(markIn(wordsOf(mark)), mark)
    for (const key of Object.keys(wordsOf(mark))) {
      const words: Record<string, unknown> = { ...wordsOf(mark), [key]: other }
      if (!/^c[0-9a-z]{24}$/.test(other)) assert.equal(markIn(words), null)
      assert.equal(markIn({ ...words, [key]: [other] }), null)
    }
  }),
)

holds(
  'text of bytes: all of them, or none',
  fc.property(value, (of) => {
    const bytes = of.reveal()
    const text = textOf(bytes)
    if (text !== null) assert.deepEqual(Buffer.from(text), Buffer.from(bytes))
    const plain = plainTextOf(bytes)
    assert.ok(plain === null || plain === text)
    if (plain !== null) assert.ok(!/[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff]/.test(plain))
  }),
)

holds(
  'text cut to a length is a beginning of it, no longer, and no half character',
  fc.property(wellFormed(), fc.nat({ max: 220 }), (text, limit) => {
    const [units, bytes] = [cutTo(text, limit), cutToBytes(text, limit)]
    for (const cut of [units, bytes]) assert.ok(text.startsWith(cut) && cut.isWellFormed())
    assert.ok(units.length <= limit && Buffer.byteLength(bytes) <= limit)
    assert.ok(units.length >= Math.min(limit, text.length) - 1)
    assert.ok(Buffer.byteLength(bytes) >= Math.min(limit, Buffer.byteLength(text)) - 3)
  }),
)

/** Every form of one IPv4 address that a URL or a resolver may give. */
const formsOf = (v4: string): readonly string[] => {
  const [a = 0, b = 0, c = 0, d = 0] = v4.split('.').map(Number)
  const [high, low] = [(a * 256 + b).toString(16), (c * 256 + d).toString(16)]
  return [
    ...[
      v4,
      `::ffff:${v4}`,
      `::FFFF:${v4}`,
      `::ffff:${high}:${low}`,
      `0:0:0:0:0:ffff:${high}:${low}`,
    ],
    ...[`0000:0000:0000:0000:0000:ffff:${high.padStart(4, '0')}:${low.padStart(4, '0')}`],
    `0::ffff:${v4}`,
  ]
}

/** RFC 1918, RFC 6598, RFC 3927 and loopback, as numbers. */
function isInside(v4: string): boolean {
  const [a = 0, b = 0, c = 0] = v4.split('.').map(Number)
  if ([0, 10, 127].includes(a) || a >= 224) return true
  if (a === 100) return b >= 64 && b < 128
  if (a === 169) return b === 254
  if (a === 172) return b >= 16 && b < 32
  if (a === 192) return b === 168 || (b === 0 && c === 0)
  return a === 198 && (b === 18 || b === 19)
}

const byte = fc.nat({ max: 255 })
const anyV4 = fc
  .oneof(
    fc.tuple(byte, byte, byte, byte),
    fc.tuple(
      fc.constantFrom(0, 10, 100, 127, 169, 172, 192, 198, 224, 255),
      fc.constantFrom(0, 15, 16, 18, 19, 31, 32, 63, 64, 127, 128, 168, 254),
      byte,
      byte,
    ),
  )
  .map((parts) => parts.join('.'))

// Bug class 67.
holds(
  'an address inside is inside in every form of it (row 67)',
  fc.property(anyV4, (v4) => {
    for (const form of formsOf(v4)) assert.equal(isPrivate(form), isInside(v4), form)
  }),
)

// Bug class 67.
holds(
  'an address inside is inside however a URL spells it (row 67)',
  fc.property(anyV4, (v4) => {
    const parts = v4.split('.').map(Number)
    const number = parts.reduce((sum, part) => sum * 256 + part, 0)
    const hosts = [
      ...[String(number), `0x${number.toString(16)}`, `0${number.toString(8)}`],
      ...[parts.map((part) => `0x${part.toString(16)}`).join('.'), `${v4}.`, `[::ffff:${v4}]`],
    ]
    for (const host of hosts) {
      const bare = new URL(`https://${host}/`).hostname.replace(/^\[|\]$|\.$/g, '')
      assert.equal(isPrivate(bare), isInside(v4), host)
    }
  }),
)

const NOW = Date.UTC(2026, 0)
const DAYS_MS = 99_999_000
const retryAfter = fc.oneof(
  ...[anyText(60), fc.stringMatching(/^[0-9]{1,400}$/), fc.stringMatching(/^[0-9eE+.-]{1,9}$/)],
  fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
)

holds(
  'Retry-After: whatever a store says is a wait that a clock can wait, or none',
  fc.property(retryAfter, (said) => {
    const error = Object.assign(new Error(), { code: 'Throttled' })
    const fault = faultOf('a write', error, { status: 429, retryAfter: said }, () => NOW)
    const { retryAfterMs: ms, message } = fault
    assert.ok(ms === null || (Number.isFinite(ms) && ms >= 0 && ms <= DAYS_MS), String(ms))
    assert.ok(said.length < 12 || !message.includes(said))
  }),
)

const careless = new BlockList()
careless.addSubnet('10.0.0.0', 8, 'ipv4')

isFoundOut(
  'a filter that knows one private network only',
  fc.property(anyV4, (v4) => {
    assert.equal(careless.check(v4, 'ipv4'), isInside(v4))
  }),
)

sayHowMuch('stores')
