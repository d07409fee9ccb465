import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Api } from '#test/support/api.ts'
import { onEachEngine } from '#test/support/house.ts'

const own = '/strongroom/v1'

/** Names that mean something to a program, and nothing to a vault. */
const NAMES = [
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', 'then'],
  ...['null', 'undefined', 'true', '0', '-1', 'NaN', 'root', 'default', 'system', 'me', 'name'],
  ...[
    'secret',
    'secrets',
    "'; DROP TABLE secret; --",
    '${x}',
    '{{x}}',
    '<script>',
    '%',
    '%25',
    '%2F',
  ],
  ...[
    'a/b',
    'a\\b',
    'a?b#c',
    'a+b',
    'a b',
    ' a',
    'a ',
    '...',
    '..a',
    'é',
    'e\u0301',
    'ẞ',
    'Ω',
    'K',
  ],
  ...['\u{1f600}', '\u202e', '\ufeff', 'A'.repeat(500), '\u{1f600}'.repeat(250)],
]

const credential = (name: string) => ({ type: 'key', name, payload: `of ${name}` })

const byName = (name: string): string => `/v5/credentials/name/${encodeURIComponent(name)}`

async function idsByName(api: Api): Promise<ReadonlyMap<string, string>> {
  const ids = new Map<string, string>()
  for (const name of NAMES) {
    const made = (await api.post('/v5/credentials', credential(name))).expect(200)
    assert.equal(made.str('name'), name)
    ids.set(name, made.str('id'))
  }
  return ids
}

onEachEngine((house) => {
  // Bug classes 14, 81.
  test('every text is a name like any other, and each names its own thing', async () => {
    const { admin } = await house().tenant()
    const ids = await idsByName(admin)
    assert.equal(new Set(ids.values()).size, NAMES.length)
    for (const [name, id] of ids) {
      assert.equal((await admin.get(byName(name))).expect(200).str('id'), id, name)
      const opened = (await admin.post(`${byName(name)}/secret`)).expect(200)
      assert.equal(opened.str('result'), `of ${name}`)
      const path = `${own}/groups/credentials/secrets/${encodeURIComponent(name)}`
      assert.equal((await admin.get(`${path}/value`)).expect(200).str('value'), `of ${name}`)
      const filtered = await admin.get(`/v5/credentials?name=${encodeURIComponent(name)}`)
      assert.deepEqual(
        filtered
          .expect(200)
          .list('items')
          .map((item) => item['id']),
        [id],
      )
    }
  })

  test('names are told apart by their bytes: case, accents and space count', async () => {
    const { admin } = await house().tenant()
    const alike = ['a', 'A', 'á', 'a\u0301', 'à', ' a', 'a ', 'a\u200b', 'а', 'ａ', 'aa', 'a\u00a0']
    for (const name of alike) (await admin.post('/v5/credentials', credential(name))).expect(200)
    for (const name of alike) {
      assert.equal(
        (await admin.post(`${byName(name)}/secret`)).expect(200).str('result'),
        `of ${name}`,
      )
      ;(await admin.post('/v5/credentials', credential(name))).expect(409)
    }
  })

  test('a list by name is in the order of bytes, and is walked to its end in pages of any size', async () => {
    const { admin } = await house().tenant()
    await idsByName(admin)
    const sorted = NAMES.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    for (const [order, expected] of [
      ['asc', sorted],
      ['desc', sorted.toReversed()],
    ] as const) {
      for (const limit of [1, 7, 1_000]) {
        const seen: unknown[] = []
        let after = ''
        for (;;) {
          const query = `sort_by=name&sort_order=${order}&limit=${limit}${after}`
          const page = (await admin.get(`/v5/credentials?${query}`)).expect(200)
          const items = page.list('items')
          seen.push(...items.map(({ name }) => name))
          if (page.json['has_more'] !== true) break
          after = `&starting_after=${String(items.at(-1)?.['id'])}`
        }
        assert.deepEqual(seen, expected)
      }
    }
  })

  test('what is no name is refused: empty, a dot or two, control characters, too long, no text', async () => {
    const { admin } = await house().tenant()
    const refused = [
      '',
      '.',
      '..',
      '\u0000',
      'a\u0000',
      'a\nb',
      '\t',
      '\u007f',
      '\u001b[31m',
      'x'.repeat(501),
    ]
    for (const name of refused) {
      ;(await admin.post('/v5/credentials', credential(name))).expect(422)
    }
    const surrogate = Buffer.from('{"type":"key","name":"a\\ud800","payload":"p"}')
    ;(await admin.send('POST', '/v5/credentials', { body: surrogate })).expect(422)
    const made = (await admin.post('/v5/credentials', credential('old'))).expect(200)
    for (const name of refused) {
      ;(await admin.patch(`/v5/credentials/${made.str('id')}`, { name })).expect(422)
    }
  })

  // Bug class 14.
  test('the names of people, teams, tokens, accounts and groups keep to one line of text', async () => {
    const { admin } = await house().tenant()
    const refused = ['', ' ', ' a', 'a ', 'a\nb', 'a\u0000', '\u007f', 'x'.repeat(101)]
    const routes = [
      (name: string) => admin.post(`${own}/teams`, { name }),
      (name: string) => admin.post(`${own}/tokens`, { name }),
      (name: string) => admin.post(`${own}/service-accounts`, { name, role: 'member' }),
      (name: string) => house().operator.post(`${own}/accounts`, { name }),
    ]
    for (const make of routes) {
      for (const name of refused) (await make(name)).expect(422)
      for (const name of ['__proto__', 'constructor', 'null', 'root', '💾', 'x'.repeat(100)]) {
        ;(await make(name)).expect(200)
      }
    }
    for (const name of [
      ...refused.filter((one) => !one.startsWith('x')),
      'a/b',
      'a b',
      '__proto__',
      'é',
    ]) {
      ;(await admin.post(`${own}/groups`, { name })).expect(422)
    }
    for (const name of [
      'constructor',
      'null',
      'toString',
      'x'.repeat(500),
      'Secrets',
      'personal2',
    ]) {
      const made = (await admin.post(`${own}/groups`, { name })).expect(200)
      assert.equal((await admin.get(`${own}/groups/${name}`)).expect(200).str('id'), made.str('id'))
    }
    for (const name of ['secrets', 'credentials', 'personal']) {
      ;(await admin.post(`${own}/groups`, { name })).expect(422)
    }
  })

  // Bug class 14.
  test('a group that is named like the id of another is not that one', async () => {
    const { admin } = await house().tenant()
    const first = (await admin.post(`${own}/groups`, { name: 'first' })).expect(200).str('id')
    ;(await admin.post(`${own}/groups/first/secrets`, { name: 'k', value: 'in first' })).expect(200)
    const answer = await admin.post(`${own}/groups`, { name: first })
    // Either such a name is refused, or the id still means what it meant before.
    if (answer.status === 200) {
      const opened = (await admin.get(`${own}/groups/${first}/secrets/k/value`)).expect(200)
      assert.equal(opened.str('value'), 'in first')
    } else answer.expect(422)
  })

  // Bug classes 1, 2.
  test('e-mail addresses have one spelling, and letters that look alike are no letters', async () => {
    const { admin } = await house().tenant()
    const make = (email: string) => admin.post(`${own}/users`, { email, role: 'member' })
    ;(await make('bob.k@example.com')).expect(200)
    for (const email of ['Bob.K@Example.COM', 'BOB.K@EXAMPLE.COM']) (await make(email)).expect(409)
    const odd = [
      ...[
        'bob.\u212a@example.com',
        'b\u043eb@example.com',
        'bob.k@example.com ',
        ' bob.k@example.com',
      ],
      ...[
        'bob.k@ex\u00e4mple.com',
        'bob.k\u0000@example.com',
        '@example.com',
        'bob',
        'bob@',
        'a@b@c',
      ],
      ...[
        'bob.k@example..com',
        'bob.k@example.com\n',
        '"bob"@example.com',
        `${'b'.repeat(250)}@example.com`,
      ],
      ...['\uff42ob@example.com', 'bob\u200b@example.com', 'bob,k@example.com'],
    ]
    for (const email of odd) {
      const { status, text } = await make(email)
      assert.equal(status, 422, `${JSON.stringify(email)}: ${text}`)
    }
  })

  // Bug class 84.
  test('members named __proto__ and constructor are JSON like any other, and touch nothing', async () => {
    const { admin } = await house().tenant()
    const text =
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"a":{"__proto__":null}}'
    const body = Buffer.from(
      `{"type":"key","name":"k","payload":"p","__proto__":{"description":"d"},"credential_metadata":${text}}`,
    )
    const made = (await admin.send('POST', '/v5/credentials', { body })).expect(200)
    assert.ok(made.text.includes(`"credential_metadata":${text}`), made.text)
    assert.equal(made.json['description'], null)
    const read = (await admin.get('/v5/credentials/name/k')).expect(200)
    assert.equal(read.text, made.text)
    const inherited = Buffer.from('{"__proto__":{"type":"key","name":"x","payload":"p"}}')
    ;(await admin.send('POST', '/v5/credentials', { body: inherited })).expect(422)
    assert.equal((await admin.get(`${own}/whoami`)).expect(200).json['polluted'], undefined)
    const listed = (await admin.get(`${own}/groups/credentials/secrets/k`)).expect(200)
    assert.ok(listed.text.includes(`"metadata":${text}`), listed.text)
  })
})
