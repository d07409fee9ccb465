import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { Route } from '#dialects/dialect.ts'
import {
  absentStatus,
  callOf,
  namingParamsOf,
  needsToken,
  pathOf,
  routes,
  targetOf,
} from '#test/support/calls.ts'
import type { Call } from '#test/support/calls/call.ts'
import { settle, type Estate } from '#test/support/estate.ts'
import { onEachEngine, type House } from '#test/support/house.ts'
import { requestBytes, sendRaw } from '#test/support/raw.ts'

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

/** Whether a path that is written so still means the same thing by its own route. */
const meansTheSame = ({ operationId }: Route, trick: string): boolean =>
  // `OWNER/NAME` is a name of an environment, in one segment as in two.
  operationId === 'delete_environment_by_name' && trick.startsWith('an escaped slash')

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

    const call = (route: Route): Call => {
      assert.ok(estate !== null)
      return callOf(route, estate)
    }
    const target = (route: Route): string => targetOf(route, call(route))
    /** The target of a call whose path is written in another way. */
    const written = (route: Route, write: (path: string) => string): string => {
      const [, query] = target(route).split('?')
      const path = write(pathOf(route, call(route)))
      return query === undefined ? path : `${path}?${query}`
    }
    const tokenFor = (route: Route): string => call(route).token ?? estate?.admin.token ?? ''

    for (const [name, write] of Object.entries(tricks)) {
      // Bug classes 15, 73.
      test(`${name} brings no other route`, async () => {
        for (const route of routes) {
          const asked = written(route, write)
          // The list of Prime Intellect's secrets is there with a slash at its end and without.
          if (routes.some(({ method, path }) => method === route.method && path === asked)) continue
          if (meansTheSame(route, name)) continue
          const { status, text } = await send(house(), tokenFor(route), route.method, asked)
          assert.ok(
            [400, 404, 405, 422, absentStatus(route)].includes(status),
            `${route.method} ${asked}: ${status} ${text}`,
          )
          const without = await send(house(), '', route.method, asked)
          assert.ok([400, 401, 404, 405].includes(without.status), `${asked}: ${without.status}`)
        }
      })
    }

    // Bug class 73.
    test('an escape of a plain letter is that letter, and needs a token all the same', async () => {
      for (const route of routes) {
        if (route.method !== 'GET' || !needsToken(route)) continue
        const asked = written(route, (path) => {
          const [, first = '', ...rest] = path.split('/')
          return `/${escaped(first)}/${rest.join('/')}`
        })
        const without = await send(house(), '', 'GET', asked)
        assert.ok([401, 404].includes(without.status), `${asked}: ${without.status}`)
      }
    })

    test('a whole URL in the request line is its path, whatever host it names', async () => {
      for (const route of routes) {
        if (!needsToken(route)) continue
        const asked = `http://elsewhere.example${target(route)}`
        assert.equal((await send(house(), '', route.method, asked)).status, 401, asked)
      }
    })

    for (const word of words) {
      // Bug class 15.
      test(`${word.slice(0, 40)} in a path is the name of nothing`, async () => {
        for (const route of routes) {
          for (const { name } of namingParamsOf(route)) {
            const filled = written(route, () =>
              route.path.replace(/:([A-Za-z_]+)/g, (_all, one: string) =>
                one === name ? word : encodeURIComponent(call(route).params[one] ?? ''),
              ),
            )
            const { status, text } = await send(house(), tokenFor(route), route.method, filled)
            assert.ok(
              [400, 405, 422, 404, absentStatus(route)].includes(status),
              `${route.method} ${filled}: ${status} ${text}`,
            )
          }
        }
      })
    }

    const prototypes = ['__proto__', 'constructor']

    // Bug class 84.
    test('in a query they find nothing and break nothing', async () => {
      // Another estate: to search the record of the first one by now takes its time.
      const other = await settle(await house().tenant())
      for (const route of routes) {
        if (route.method !== 'GET') continue
        const { properties = {} } = (route.schemas.query ?? {}) as { properties?: object }
        const { query: usual, token, ...rest } = callOf(route, other)
        const path = pathOf(route, { ...rest, query: {}, token })
        for (const name of [...Object.keys(properties), ...prototypes]) {
          const query = Object.entries(usual).filter(([one]) => one !== name)
          // Unknown names are not looked at; each search of a record closes it first, which takes long.
          const few = prototypes.includes(name) || route.action === 'audit.query'
          const some = few ? words.slice(0, 4) : words
          for (const word of some) {
            const asked = `${path}?${new URLSearchParams(query).toString()}&${name}=${word}`
            const { status } = await send(house(), token ?? other.admin.token ?? '', 'GET', asked)
            // What is looked for in a store may be nothing that can be a path there: it says so.
            const said = [
              200,
              400,
              403,
              404,
              422,
              ...(route.action === 'store.browse' ? [424] : []),
            ]
            assert.ok(said.includes(status), `${asked}: ${status}`)
          }
        }
      }
    })

    test('methods that no route has are refused, and the path says which it has', async () => {
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
          const { status } = await send(house(), tokenFor(route), method, target(route))
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
