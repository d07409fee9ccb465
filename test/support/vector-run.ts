import assert from 'node:assert/strict'
import type { Dialect, Route } from '#dialects/dialect.ts'
import { dialects } from '#server/registry.ts'
import { givens } from './givens.ts'
import type { House } from './house.ts'
import { requestBytes, sendRaw, type RawAnswer } from './raw.ts'
import type { Entry } from './record.ts'
import type { Exchange } from './vector-file.ts'
import { compact, fill, patternOf } from './vector-match.ts'

/** Headers that every answer may have; any other one must be promised by its vector. */
const COMMON_HEADERS = new Set([
  ...['cache-control', 'connection', 'content-length', 'date', 'x-content-type-options'],
])

const REFUSED = 400
const ECHO_CHARACTERS = 6

/** The route of a dialect that a request line is for, or `null`. */
export function routeOf({ routes }: Dialect, requestLine: string): Route | null {
  const [method, target = ''] = requestLine.split(' ')
  const segments = (target.split('?', 1)[0] ?? '').split('/')
  const fits = (path: string) => {
    const parts = path.split('/')
    return (
      parts.length === segments.length &&
      parts.every((part, n) => part.startsWith(':') || part === segments[n])
    )
  }
  return routes.find((route) => route.method === method && fits(route.path)) ?? null
}

const dialectOf = (target: string): Dialect => {
  const found = dialects.find(({ prefixes }) =>
    prefixes.some((prefix) => target.startsWith(`${prefix}/`)),
  )
  assert.ok(found !== undefined, `${target} is no dialect's`)
  return found
}

/** Plays one exchange against a server: the answer and the record must be as the vector says. */
export async function play(
  house: House,
  { given, fault, request, answer }: Exchange,
  known: Map<string, string>,
): Promise<void> {
  for (const name of given) {
    const give = givens[name]
    assert.ok(give !== undefined, `nobody knows how to give ${name}`)
    for (const [key, value] of Object.entries(await give(house, known))) known.set(key, value)
  }
  await house.record.entries()
  const [method = '', target = ''] = fill(request.first, known).toString('utf8').split(' ')
  const headers = request.headers.map(
    ([name, value]) => [name, fill(value, known).toString('latin1')] as const,
  )
  const body = request.body === null ? null : fill(request.body, known)
  const bytes = requestBytes(house.server.url, { method, target, headers, body })
  const got = await sendRaw(house.server.url, bytes)
  const shown = got.body.toString('utf8')
  assert.equal(
    String(got.status),
    answer.first,
    `${request.first} answered ${got.status}: ${shown}`,
  )
  checkHeaders(got, answer.headers)
  checkBody(shown, answer.body, known)
  const dialect = dialectOf(target)
  checkRecord(await house.record.entries(), dialect, got.status, fault)
  if (got.status >= REFUSED) checkNoEcho(shown, body, routeOf(dialect, request.first))
}

function checkHeaders(got: RawAnswer, promised: Exchange['answer']['headers']): void {
  const named = new Map(got.headers)
  assert.equal(named.size, got.headers.length, 'a header is there twice')
  assert.equal(named.get('cache-control'), 'no-store')
  assert.equal(named.get('x-content-type-options'), 'nosniff')
  const special = got.headers.filter(([name]) => !COMMON_HEADERS.has(name))
  assert.deepEqual(special.toSorted(), promised.toSorted())
}

function checkBody(shown: string, body: string | null, known: Map<string, string>): void {
  const pattern = patternOf(compact(body ?? ''), known)
  const match = pattern.exec(shown)
  assert.ok(match !== null, `the body is\n${shown}\nand should be\n${body ?? 'empty'}`)
  for (const [name, value] of Object.entries(match.groups ?? {})) known.set(name, value)
}

/** A refusal leaves one entry, with its reason; what is done leaves at least one. */
function checkRecord(
  entries: readonly Entry[],
  dialect: Dialect,
  status: number,
  fault: string | null,
): void {
  const refused = status >= REFUSED
  assert.equal(refused, fault !== null, 'a refusal, and nothing else, names its fault')
  if (refused) assert.equal(entries.length, 1, 'a refusal leaves one entry')
  for (const { api, outcome, reason } of entries) {
    assert.deepEqual(
      { api, outcome, reason: reason ?? null },
      { api: dialect.name, outcome: refused ? 'refused' : 'allowed', reason: fault },
    )
  }
}

/** No text of a request may come back in its refusal, except words of the API's own schema. */
function checkNoEcho(shown: string, body: Uint8Array | null, route: Route | null): void {
  const own = JSON.stringify(route?.schemas ?? null)
  const sent = Buffer.from(body ?? []).toString('utf8')
  for (const [, text = ''] of sent.matchAll(/"((?:[^"\\]|\\.)*)"\s*(?!\s*:)/g)) {
    if (text.length < ECHO_CHARACTERS || own.includes(text)) continue
    assert.ok(!shown.includes(text), 'a refusal repeats what was sent')
  }
}
