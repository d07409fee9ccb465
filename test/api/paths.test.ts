import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { Route } from '#dialects/dialect.ts'
import { callOf, targetOf } from '#test/support/calls.ts'
import { settle, type Estate } from '#test/support/estate.ts'
import { onEachEngine, type House } from '#test/support/house.ts'
import { knownRoutes } from '#test/support/matrix.ts'
import { requestBytes, sendRaw } from '#test/support/raw.ts'

const routes = knownRoutes

/** Requests as they are written, with no client in between that tidies them. */
async function send({ server }: House, token: string, method: string, target: string) {
  const headers = [['authorization', `Bearer ${token}`]] as const
  const request = { method, target, headers, body: null }
  const { status, body } = await sendRaw(server.url, requestBytes(server.url, request))
  return { status, text: body.toString('utf8') }
}

/** The last segment of a target, and what is before it. */
function split(target: string): readonly [string, string] {
  const at = target.lastIndexOf('/')
  return [target.slice(0, at), target.slice(at + 1)]
}

/** One character as its percent escape. */
const escaped = (text: string): string =>
  `%${(text.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}${text.slice(1)}`

/** Other ways to write a path, none of which may come to a handler of another route. */
const tricks: Readonly<Record<string, (target: string) => string>> = {
  'a slash at the end': (target) => `${target}/`,
  'two slashes in front': (target) => `/${target}`,
  'two slashes within': (target) => target.replace(/(?<=.)\//, '//'),
  'an escaped slash': (target) => split(target).join('%2f'),
  'an escaped slash in capitals': (target) => split(target).join('%2F'),
  'a twice escaped slash': (target) => split(target).join('%252f'),
  'a backslash': (target) => split(target).join('\\'),
  'an escaped backslash': (target) => split(target).join('%5c'),
  'a dot segment': (target) => split(target).join('/./'),
  'an escaped dot segment': (target) => split(target).join('/%2e/'),
  'a segment up': (target) => split(target).join('/x/../'),
  'an escaped segment up': (target) => split(target).join('/x/%2e%2e/'),
  'an escaped segment up with its slashes': (target) => split(target).join('/x%2f%2e%2e%2f'),
  'up from another API': (target) => `/v5/sgp/secrets/..${target}`,
  'a matrix parameter': (target) => `${target};a=b`,
  'a matrix parameter within': (target) => split(target).join(';a=b/'),
  'NUL at the end': (target) => `${target}%00`,
  'NUL within': (target) => split(target).join('%00/'),
  'a line break': (target) => `${target}%0d%0a`,
  'a space': (target) => `${target}%20`,
  'another case': (target) => target.replace(/^\/[a-z]+/, (first) => first.toUpperCase()),
  'overlong UTF-8': (target) => split(target).join('%c0%af'),
  'a broken escape': (target) => `${target}%`,
  'an escape of no hexadecimal': (target) => `${target}%zz`,
  'an escape that is not UTF-8': (target) => `${target}%ff`,
  'a full-width letter': (target) => `${target}%ef%bc%a1`,
  'a very long end': (target) => `${target}${'a'.repeat(9_000)}`,
}

/** Names that mean something elsewhere: here they are the names of nothing. */
const words = [
  ...[
    '..',
    '.',
    '%2e',
    '%2e%2e',
    '%2e%2e%2f',
    '..%2f..',
    '%00',
    '%252e%252e',
    '~',
    '*',
    '%',
    '%25',
  ],
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'null', 'undefined'],
  ...['me', 'root', 'default', 'system', '0', '-1', 'true', "'", '%27%20OR%201=1--', '%e2%80%ae'],
  ...['c0000000000000000000000000', 'C00000000000000000000000', 'c00000000000000000000000%00'],
  ...['a@b', '@', '%00@example.com', 'c'.repeat(25), '%f0%9f%98%80'.repeat(300)],
]

const withParams = routes.filter(({ path }) => path.includes('/:'))

onEachEngine((house) => {
  describe('paths', () => {
    let estate: Estate | null = null
    let answers = ''
    const everything = async ({ admin, group, secret }: Estate): Promise<string> => {
      const paths = [
        ...[
          '/v5/sgp/secrets',
          '/v5/credentials',
          '/strongroom/v1/secrets',
          '/strongroom/v1/groups',
        ],
        ...['/strongroom/v1/users', '/strongroom/v1/teams', '/strongroom/v1/tokens'],
        `/strongroom/v1/groups/${group}/values`,
        `/strongroom/v1/secrets/${secret}/versions`,
      ]
      const texts: string[] = []
      for (const path of paths) texts.push((await admin.get(path)).expect(200).text)
      return texts.join('\n')
    }

    before(async () => {
      estate = await settle(await house().tenant())
      answers = await everything(estate)
    })

    const target = (route: Route): string => {
      assert.ok(estate !== null)
      return targetOf(route, callOf(route, estate))
    }

    for (const [name, write] of Object.entries(tricks)) {
      test(`${name} brings no other route`, async () => {
        assert.ok(estate !== null)
        const token = estate.admin.token ?? ''
        for (const route of routes) {
          const written = write(target(route))
          const { status, text } = await send(house(), token, route.method, written)
          assert.ok(
            [400, 404, 405, 422].includes(status),
            `${route.method} ${written}: ${status} ${text}`,
          )
          const without = await send(house(), '', route.method, written)
          assert.ok([400, 401, 404, 405].includes(without.status), `${written}: ${without.status}`)
        }
      })
    }

    test('an escape of a plain letter is that letter, and needs a token all the same', async () => {
      assert.ok(estate !== null)
      for (const route of routes) {
        if (route.method !== 'GET') continue
        const [, first = '', ...rest] = target(route).split('/')
        const written = `/${escaped(first)}/${rest.join('/')}`
        const without = await send(house(), '', 'GET', written)
        assert.ok([401, 404].includes(without.status), `${written}: ${without.status}`)
      }
    })

    test('a whole URL in the request line is its path, whatever host it names', async () => {
      assert.ok(estate !== null)
      for (const route of routes) {
        const written = `http://elsewhere.example${target(route)}`
        assert.equal((await send(house(), '', route.method, written)).status, 401, written)
      }
    })

    for (const word of words) {
      test(`${word.slice(0, 40)} in a path is the name of nothing`, async () => {
        assert.ok(estate !== null)
        const token = estate.admin.token ?? ''
        for (const route of withParams) {
          for (const name of route.path.match(/:[a-z_]+/g) ?? []) {
            const call = callOf(route, estate)
            const filled = route.path.replace(/:[a-z_]+/g, (one) =>
              one === name ? word : encodeURIComponent(call.params[one.slice(1)] ?? ''),
            )
            const { status, text } = await send(house(), token, route.method, filled)
            assert.ok(
              [400, 404, 405, 422].includes(status),
              `${route.method} ${filled}: ${status} ${text}`,
            )
          }
        }
      })
    }

    test('in a query they find nothing and break nothing', async () => {
      assert.ok(estate !== null)
      const token = estate.admin.token ?? ''
      for (const route of routes) {
        const { properties = {} } = (route.schemas.query ?? {}) as { properties?: object }
        for (const name of [...Object.keys(properties), '__proto__', 'constructor']) {
          for (const word of words) {
            if (route.method !== 'GET') continue
            const written = `${target(route)}?${name}=${word}`
            const { status } = await send(house(), token, 'GET', written)
            assert.ok([200, 400, 403, 404, 422].includes(status), `${written}: ${status}`)
          }
        }
      }
    })

    test('methods that no route has are refused, and the path says which it has', async () => {
      assert.ok(estate !== null)
      const token = estate.admin.token ?? ''
      for (const method of [
        'PUT',
        'HEAD',
        'OPTIONS',
        'TRACE',
        'PROPFIND',
        'PURGE',
        'QUERY',
        'SEARCH',
      ]) {
        for (const route of routes) {
          const known = routes.some((one) => one.method === method && one.path === route.path)
          if (known) continue
          const { status } = await send(house(), token, method, target(route))
          assert.ok([404, 405].includes(status), `${method} ${target(route)}: ${status}`)
        }
      }
    })

    test('and nothing has changed', async () => {
      assert.ok(estate !== null)
      assert.equal(await everything(estate), answers)
    })
  })
})
