import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { test } from 'node:test'
import type { Dialect } from '#dialects/dialect.ts'
import type { Fault } from '#domain/fault.ts'
import { dialects } from '#server/registry.ts'
import { startOf } from '#test/support/givens.ts'
import { onEachEngine } from '#test/support/house.ts'
import { parseVectors, type VectorFile } from '#test/support/vector-file.ts'
import { play, routeOf } from '#test/support/vector-run.ts'

interface Named extends VectorFile {
  readonly name: string
}

const folderOf = ({ name }: Dialect): URL =>
  new URL(`../../src/dialects/${name}/vectors/`, import.meta.url)

const filesOf = (dialect: Dialect): readonly Named[] =>
  readdirSync(folderOf(dialect))
    .filter((name) => name.endsWith('.http'))
    .sort()
    .map((name) => {
      const text = readFileSync(new URL(name, folderOf(dialect)), 'utf8')
      return { name, ...parseVectors(text) }
    })

/** Why no request to a healthy server is refused so; these words are checked in refusals.txt. */
type Unreachable = Partial<Readonly<Record<Fault['kind'], string>>>

const inNoDialect: Unreachable = {
  too_many: 'takes more than a server of tests limits; test/proof/abuse drives it',
  busy: 'takes more lost races in a row than a test can count on',
  unavailable: 'takes a database that is down',
  broken: 'takes a defect',
  store_failed: 'takes a store beside the database; test/stores drives it',
}

const unreachable: Readonly<Record<string, Unreachable>> = {
  'scale-sgp': {
    ...inNoDialect,
    in_use: 'nothing that Scale names can be in use',
    changed: 'Scale has no compare-and-set',
    hidden: 'its groups are open to all of their account',
  },
  'prime-intellect': {
    ...inNoDialect,
    other_account: 'a token is of one account, and no header says more',
    in_use: 'takes an environment with a thousand variables',
    changed: 'Prime Intellect has no compare-and-set',
  },
  strongroom: {
    ...inNoDialect,
    other_account: 'a token is of one account, and no header says more',
  },
  truefoundry: {
    ...inNoDialect,
    other_account: 'a token is of one account, and no header says more',
    changed: 'TrueFoundry has no compare-and-set',
  },
}

/** Every kind of fault; a new one is a compile error here. */
const kinds = Object.keys({
  no_token: 0,
  bad_token: 0,
  two_tokens: 0,
  other_account: 0,
  denied: 0,
  not_found: 0,
  hidden: 0,
  name_taken: 0,
  in_use: 0,
  changed: 0,
  invalid: 0,
  malformed: 0,
  too_large: 0,
  unsupported_encoding: 0,
  no_route: 0,
  no_method: 0,
  too_many: 0,
  busy: 0,
  unavailable: 0,
  store_failed: 0,
  broken: 0,
} satisfies Record<Fault['kind'], 0>)

for (const dialect of dialects) {
  const exchanges = filesOf(dialect).flatMap((file) => file.exchanges)

  test(`${dialect.name}: every route has a vector of its success`, () => {
    const shown = new Set(
      exchanges.map(({ request, answer }) => {
        const route = routeOf(dialect, request.first)
        return String(route?.success.status) === answer.first ? route : null
      }),
    )
    const missing = dialect.routes.filter((route) => !shown.has(route))
    assert.deepEqual(
      missing.map(({ method, path }) => `${method} ${path}`),
      [],
    )
  })

  test(`${dialect.name}: every fault that can reach it has a vector`, () => {
    const excused = Object.keys(unreachable[dialect.name] ?? {})
    const shown = exchanges.flatMap(({ fault }) => (fault === null ? [] : [fault]))
    assert.deepEqual([...new Set([...shown, ...excused])].sort(), kinds.toSorted())
    assert.deepEqual(
      excused.filter((kind) => shown.includes(kind)),
      [],
    )
  })
}

onEachEngine((house) => {
  for (const dialect of dialects) {
    for (const { name, title, exchanges } of filesOf(dialect)) {
      test(`${dialect.name}/${name}: ${title}`, async () => {
        const known = await startOf(house())
        for (const exchange of exchanges) await play(house(), exchange, known)
      })
    }
  }
})
