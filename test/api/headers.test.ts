import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dialects } from '#server/registry.ts'
import { onEachEngine, type House } from '#test/support/house.ts'
import { requestBytes, sendRaw } from '#test/support/raw.ts'

type Headers = readonly (readonly [name: string, value: string])[]

const PATHS = ['/v5/credentials', '/v5/sgp/secrets', '/strongroom/v1/whoami']

const send = async ({ server }: House, target: string, headers: Headers) => {
  const request = { method: 'GET', target, headers, body: null }
  const { status, body } = await sendRaw(server.url, requestBytes(server.url, request))
  return { status, text: body.toString('utf8') }
}

onEachEngine((house) => {
  const all = async (status: number, headers: Headers, paths = PATHS) => {
    for (const path of paths) {
      const answer = await send(house(), path, headers)
      assert.equal(answer.status, status, `${path} with ${JSON.stringify(headers.map(([n]) => n))}`)
    }
  }

  test('a bearer token is read in any case of its scheme, with any space before it', async () => {
    const token = (await house().tenant()).admin.token ?? ''
    for (const scheme of ['Bearer', 'bearer', 'BEARER', 'bEaReR', 'Bearer   ']) {
      await all(200, [['authorization', `${scheme} ${token}`]])
      await all(200, [['AUTHORIZATION', `${scheme} ${token}  `]])
    }
    await all(200, [['X-Api-Key', token]])
    await all(200, [['x-api-key', `  ${token}\t`]])
  })

  // Bug class 32.
  test('what is no bearer token is nobody`s, and never falls back', async () => {
    const token = (await house().tenant()).admin.token ?? ''
    const odd = [
      ...['', 'Bearer', 'Bearer ', token, `Basic ${token}`, `Bearer: ${token}`, `Token ${token}`],
      ...[`Bearer${token}`, `Bearer ${token} ${token}`, `Bearer ${token},${token}`, 'Bearer null'],
      ...[
        `Bearer "${token}"`,
        `Bearer\u00a0${token}`,
        `Bearer ${token}\u00a0`,
        `Digest x, Bearer ${token}`,
      ],
    ]
    for (const value of odd) await all(401, [['authorization', value]])
    for (const value of ['', `Bearer ${token}`, `${token},${token}`, `${token} x`]) {
      await all(401, [['x-api-key', value]])
    }
  })

  // Bug class 32.
  test('two credentials are refused, whichever of them is good, and in whichever order', async () => {
    const token = (await house().tenant()).admin.token ?? ''
    const bearer = `Bearer ${token}`
    for (const pair of [
      [bearer, token],
      [bearer, 'bad'],
      [bearer, ''],
      ['Bearer bad', token],
      ['', token],
      ['', ''],
    ] as const) {
      const [authorization, key] = pair
      await all(400, [
        ['authorization', authorization],
        ['x-api-key', key],
      ])
      await all(400, [
        ['x-api-key', key],
        ['authorization', authorization],
      ])
    }
  })

  // Bug class 32.
  test('one credential sent twice is refused, the same one too', async () => {
    const token = (await house().tenant()).admin.token ?? ''
    const bearer = `Bearer ${token}`
    for (const [one, two] of [
      [bearer, bearer],
      [bearer, 'Bearer bad'],
      ['Bearer bad', bearer],
      ['', bearer],
      [bearer, ''],
    ] as const) {
      for (const path of PATHS) {
        const { status } = await send(house(), path, [
          ['authorization', one],
          ['Authorization', two],
        ])
        assert.ok(status === 400 || status === 401, `${path} took it: ${status}`)
      }
    }
    for (const [one, two] of [
      [token, token],
      [token, 'bad'],
      ['bad', token],
      ['', token],
      [token, ''],
    ] as const) {
      for (const path of PATHS) {
        const { status } = await send(house(), path, [
          ['x-api-key', one],
          ['X-API-KEY', two],
        ])
        assert.ok(status === 400 || status === 401, `${path} took it: ${status}`)
      }
    }
  })

  // Bug class 11.
  test('the account header selects the key`s own account, or none', async () => {
    const { id, admin } = await house().tenant()
    const other = (await house().tenant()).id
    const key = ['x-api-key', admin.token ?? ''] as const
    const paths = ['/v5/credentials', '/v5/sgp/secrets']
    for (const value of ['', id]) await all(200, [key, ['X-Selected-Account-ID', value]], paths)
    const odd = [
      other,
      'null',
      'undefined',
      '*',
      id.toUpperCase(),
      `${id}x`,
      id.slice(0, -1),
      '0',
      '../',
    ]
    for (const value of odd) await all(403, [key, ['x-selected-account-id', value]], paths)
    for (const [one, two] of [
      [id, other],
      [other, id],
      [id, id],
    ] as const) {
      for (const path of paths) {
        const twice = [key, ['x-selected-account-id', one], ['x-selected-account-id', two]] as const
        const { status } = await send(house(), path, twice)
        assert.ok(status === 400 || status === 403, `${path} took it: ${status}`)
      }
    }
    // Our own API has no such header: a token is of one account.
    await all(200, [key, ['x-selected-account-id', other]], ['/strongroom/v1/whoami'])
  })

  // Bug class 72.
  test('headers that proxies and clients add change nothing', async () => {
    const token = (await house().tenant()).admin.token ?? ''
    const plain = await send(house(), '/strongroom/v1/whoami', [
      ['authorization', `Bearer ${token}`],
    ])
    const added: Headers = [
      ['x-forwarded-for', '10.0.0.1'],
      ['forwarded', 'for=10.0.0.1'],
      ['x-forwarded-host', 'evil.example'],
      ['x-http-method-override', 'DELETE'],
      ['x-original-url', '/strongroom/v1/accounts'],
      ['x-rewrite-url', '/strongroom/v1/accounts'],
      ['cookie', `token=${token}`],
      ['accept', 'text/html'],
      ['accept-version', '9'],
      ['origin', 'https://evil.example'],
      ['range', 'bytes=0-3'],
      ['if-none-match', '*'],
      ['accept-encoding', 'gzip'],
      ['__proto__', 'x'],
      ['constructor', 'x'],
    ]
    await house().record.texts()
    for (const header of added) {
      const headers: Headers = [['authorization', `Bearer ${token}`], header]
      assert.deepEqual(await send(house(), '/strongroom/v1/whoami', headers), plain, header[0])
    }
    for (const text of await house().record.texts()) assert.ok(text.includes('"from":"127.0.0.1"'))
    for (const path of PATHS) {
      await all(401, [['cookie', `token=${token}; authorization=${token}`]], [path])
      await all(
        401,
        [],
        [`${path}?token=${token}&api_key=${token}&authorization=Bearer%20${token}`],
      )
    }
  })

  // Bug classes 44, 72.
  test('without a token nothing is answered but the health and the OpenAPI documents', async () => {
    const free = ['/health', ...dialects.map(({ openapiPath }) => openapiPath)]
    await all(200, [], free)
    const asked = dialects.flatMap(({ routes }) => routes)
    for (const { method, path } of asked.filter((route) => route.asked.by === 'caller')) {
      const target = path.replace(/:[A-Za-z_]+/g, '1')
      for (const suffix of ['', '?x=/health', '?x=/v5/openapi.json', '#/health']) {
        const request = { method, target: `${target}${suffix}`, headers: [], body: null }
        const { server } = house()
        const { status } = await sendRaw(server.url, requestBytes(server.url, request))
        assert.equal(status, 401, `${method} ${target}${suffix}`)
      }
    }
  })
})
