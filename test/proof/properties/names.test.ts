import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { groupFqn, groupNamed, secretFqn, secretNamed } from '#core/full-names.ts'
import { slugProblem, slugsFor } from '#core/slugs.ts'
import { readEmail, titleProblem } from '#core/titles.ts'
import type { GroupKind } from '#domain/group.ts'
import { formatId, parseId } from '#domain/ids.ts'
import { nameProblem, nameRules, textProblem } from '#domain/names.ts'
import type { Account } from '#ports/database.ts'
import { idOf } from '#test/support/places.ts'
import { anyText, holds, isFoundOut, sayHowMuch, wellFormed } from './holds.ts'

/** Names: what is one, that no two are one, and that nobody becomes somebody else by spelling. */

const AT = ['body', 'name']
const kinds = fc.constantFrom(...(Object.keys(nameRules) as GroupKind[]))
const ok = (kind: GroupKind, name: string): boolean => nameProblem(kind, name, AT) === null

/** Texts that are nearly names of some kind. */
const nearName = fc.oneof(
  anyText(100),
  fc.stringMatching(/^[a-z0-9-]{1,95}$/),
  fc.stringMatching(/^[A-Z0-9_]{1,260}$/),
  fc.stringMatching(/^[a-zA-Z0-9 ._:/-]{0,20}\n?$/),
  fc.integer({ min: 85, max: 510 }).map((length) => 'a'.repeat(length)),
  fc.constantFrom(
    '.',
    '..',
    '...',
    '',
    ' ',
    '__proto__',
    'constructor',
    'null',
    'A\n',
    '\ud800',
    'é',
  ),
)

const codes = (text: string): readonly number[] =>
  Array.from(text, (one) => one.codePointAt(0) ?? 0)
const isControl = (code: number): boolean => code < 0x20 || code === 0x7f

/** The rules in words of their own: no pattern is used. */
const rules: Readonly<Record<GroupKind, (name: string) => boolean>> = {
  account: (name) =>
    codes(name).every((c) => (c > 0x60 && c < 0x7b) || (c > 0x2f && c < 0x3a) || c === 0x2d) &&
    !name.startsWith('-') &&
    !name.endsWith('-') &&
    name.length <= 90,
  credentials: freeText,
  tokens: freeText,
  environment: variable,
  personal: variable,
  team: variable,
  named: (name) => freeText(name) && !name.includes(':') && !name.includes('/'),
}

function freeText(name: string): boolean {
  return name.length <= 500 && name.isWellFormed() && !codes(name).some(isControl)
}

function variable(name: string): boolean {
  const [first = 0, ...rest] = codes(name)
  const upper = (c: number): boolean => c > 0x40 && c < 0x5b
  const other = (c: number): boolean => upper(c) || (c > 0x2f && c < 0x3a) || c === 0x5f
  return upper(first) && rest.every(other) && name.length <= 255
}

holds(
  'a name is one of its kind by the rules in words, and nothing else is',
  fc.property(kinds, nearName, (kind, name) => {
    const plain = name !== '' && name !== '.' && name !== '..'
    assert.equal(ok(kind, name), plain && rules[kind](name))
  }),
)

holds(
  'a name of Scale is a name of a credential: what links is wider than what it links from',
  fc.property(nearName, (name) => {
    if (ok('account', name) || ok('environment', name)) assert.ok(ok('named', name))
    if (ok('named', name)) assert.ok(ok('credentials', name))
  }),
)

holds(
  'what is wrong with a name never repeats it',
  fc.property(kinds, wellFormed(60), (kind, name) => {
    const problem = nameProblem(kind, name, AT)
    fc.pre(problem !== null && name.length > 12 && !JSON.stringify(nameRules).includes(name))
    assert.ok(!JSON.stringify(problem).includes(JSON.stringify(name).slice(1, -1)))
  }),
)

holds(
  'a path of one name is one segment, and comes back as it was',
  fc.property(kinds, nearName, (kind, name) => {
    fc.pre(ok(kind, name))
    const { pathname } = new URL(`/a/${encodeURIComponent(name)}/b`, 'http://host')
    const [, , segment = '', last] = pathname.split('/')
    assert.equal(decodeURIComponent(segment), name)
    assert.equal(last, 'b')
  }),
)

isFoundOut(
  'a rule that lets a newline stand at the end',
  fc.property(kinds, nearName, (kind, name) => {
    const careless = ok(kind, name.replace(/\n$/, ''))
    assert.equal(careless && name !== '', ok(kind, name))
  }),
)

const account = (name: string): Account => ({ id: idOf('1'), name }) as unknown as Account
const anyAccount = wellFormed(20).map(account)
const groupName = fc
  .oneof(nearName, fc.stringMatching(/^[a-z ._-]{1,12}$/))
  .filter((name) => ok('named', name))

holds(
  'a full name is read back: the group and the key of this account',
  fc.property(anyAccount, groupName, groupName, (of, group, key) => {
    assert.equal(groupNamed(of, groupFqn(of, { name: group })), group)
    assert.deepEqual(secretNamed(of, secretFqn(of, { name: group }, key)), { group, key })
  }),
)

holds(
  'a full name of another account is none of this one',
  fc.property(anyAccount, anyAccount, groupName, groupName, (of, other, group, key) => {
    fc.pre(of.name !== other.name)
    assert.equal(groupNamed(of, groupFqn(other, { name: group })), null)
    assert.equal(secretNamed(of, secretFqn(other, { name: group }, key)), null)
  }),
)

holds(
  'two secrets never have one full name',
  fc.property(anyAccount, groupName, groupName, groupName, groupName, (of, g1, k1, g2, k2) => {
    const alike = secretFqn(of, { name: g1 }, k1) === secretFqn(of, { name: g2 }, k2)
    assert.equal(alike, g1 === g2 && k1 === k2)
  }),
)

holds(
  'any text is answered as a full name',
  fc.property(anyAccount, anyText(), (of, text) => {
    const found = secretNamed(of, text)
    assert.ok(found === null || secretFqn(of, { name: found.group }, found.key) === text)
  }),
)

const anyId = fc
  .tuple(fc.nat(), fc.bigInt(0n, (1n << 74n) - 1n))
  .map(([time, chance]) => formatId<string>(time, chance))

holds(
  'a slug for any name is a slug, and there is always one',
  fc.property(anyText(80), anyId, (name, id) => {
    const slugs = slugsFor(name, id)
    assert.ok(slugs.length > 0)
    assert.equal(new Set(slugs).size, slugs.length)
    for (const slug of slugs) {
      assert.equal(slugProblem(slug, AT), null, slug)
      assert.match(slug, /^[a-z0-9-]{3,30}$/)
    }
  }),
)

holds(
  'a slug is never an id, an id never a slug',
  fc.property(fc.oneof(anyId, fc.stringMatching(/^[a-z0-9-]{1,32}$/)), (text) => {
    if (slugProblem(text, AT) === null) assert.equal(parseId(text), null)
  }),
)

const localPart = fc.stringMatching(/^[A-Za-z0-9.!#$%&*+/=?^_{|}~-]{1,20}$/)
const domainPart = fc.stringMatching(/^[A-Za-z0-9-]{1,10}(?:\.[A-Za-z0-9-]{1,10}){0,3}$/)
const anyEmail = fc.oneof(
  fc.tuple(localPart, domainPart).map(([local, domain]) => `${local}@${domain}`),
  anyText(60),
  fc.tuple(anyText(10), domainPart).map(([local, domain]) => `${local}@${domain}`),
)
const canon = (raw: string): string | null => {
  const read = readEmail(raw, AT)
  return 'email' in read ? read.email : null
}

// Bug class 2.
holds(
  'an e-mail address has one form, and that form has itself (rows 1, 2)',
  fc.property(anyEmail, (raw) => {
    const one = canon(raw)
    if (one === null) return
    assert.equal(canon(one), one)
    assert.equal(one, raw.toLowerCase())
    // Nothing is folded that is not ASCII.
    assert.ok(codes(raw).every((code) => code > 0x20 && code < 0x7f))
  }),
)

/** Spellings that people or programs take for the same. */
const disguises: readonly ((text: string) => string)[] = [
  ...[' ', '\t', '\u00a0', '\u200b', '\ufeff', '\n', '\0'].flatMap((pad) => [
    (text: string) => pad + text,
    (text: string) => text + pad,
    (text: string) => text.replace('@', `${pad}@`),
  ]),
  (text) => text.replace(/k/i, '\u212a'),
  (text) => text.replace(/s/i, '\u017f'),
  (text) => text.replace(/i/i, '\u0131'),
  (text) => text.replace(/./, (one) => String.fromCharCode(one.charCodeAt(0) + 0xfee0)),
  (text) => text.replace('@', '\uff20'),
  (text) => `${text}\u0301`.normalize('NFC'),
]

// Bug class 2.
holds(
  'a disguised e-mail address is refused, never somebody`s (rows 1-3)',
  fc.property(anyEmail, fc.constantFrom(...disguises), (raw, disguise) => {
    fc.pre(canon(raw) !== null)
    const other = disguise(raw)
    fc.pre(other !== raw)
    assert.equal(canon(other), null)
  }),
)

isFoundOut(
  'an address that is folded before it is looked at',
  fc.property(anyEmail, fc.constantFrom(...disguises), (raw, disguise) => {
    fc.pre(canon(raw) !== null && disguise(raw) !== raw)
    assert.equal(canon(disguise(raw).normalize('NFKC').trim().toLowerCase()), null)
  }),
)

holds(
  'a title has no edge of space, no control sign and no half character',
  fc.property(
    fc.oneof(
      anyText(110),
      wellFormed(20).map((text) => ` ${text} `),
    ),
    (title) => {
      if (titleProblem(title, AT) !== null) return
      assert.equal(title, title.trim())
      assert.ok(title !== '' && title.length <= 100 && title.isWellFormed())
      assert.ok(!codes(title).some(isControl))
    },
  ),
)

holds(
  'free text is any that UTF-8 and a database can keep',
  fc.property(anyText(300), fc.nat({ max: 300 }), (text, limit) => {
    const good = text.length <= limit && text.isWellFormed() && !text.includes('\0')
    assert.equal(textProblem(text, AT, limit) === null, good)
  }),
)

// Bug class 14.
test('words that other programs take for something are ordinary names (row 14)', () => {
  for (const name of ['root', 'default', 'system', 'null', 'me', '__proto__', 'constructor']) {
    assert.ok(ok('named', name) && ok('credentials', name), name)
  }
  for (const name of ['.', '..']) {
    for (const kind of Object.keys(nameRules) as GroupKind[]) assert.ok(!ok(kind, name))
  }
})

sayHowMuch('names')
