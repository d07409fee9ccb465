import type { Route } from '#dialects/dialect.ts'
import { callOf, paramsOf, pathOf, targetOf } from '#test/support/calls.ts'
import type { Body, Call } from '#test/support/calls/call.ts'
import type { Estate } from '#test/support/estate.ts'
import type { Canaries } from './canaries.ts'
import { malformationsOf } from './malformed.ts'
import { OPENING, type Sending } from './sending.ts'

/** Requests for one route with canaries wherever something can be said. */
export interface Aim {
  readonly route: Route
  readonly estate: Estate
  readonly canaries: Canaries
}

interface Planted {
  readonly call: Call
  /** In the place of the values of the body. */
  readonly secrets: readonly string[]
}

/** A call that is in order, with new canaries as its values. */
function planted({ route, estate, canaries }: Aim, what: string): Planted {
  const secrets: string[] = []
  const call = callOf(route, estate)
  const put = (of: unknown): unknown => {
    if (typeof of === 'string' && of.startsWith('value-')) {
      const secret = canaries.make(`${route.operationId} ${what}`)
      secrets.push(secret)
      return secret
    }
    if (Array.isArray(of)) return of.map(put)
    if (typeof of !== 'object' || of === null) return of
    return Object.fromEntries(Object.entries(of).map(([name, member]) => [name, put(member)]))
  }
  return { call: { ...call, body: put(call.body) as Body | null }, secrets }
}

const sendingOf = (
  { route }: Aim,
  what: string,
  { call, secrets }: Planted,
  more: Partial<Sending> = {},
): Sending => ({
  ...{ about: `${route.operationId} ${what}`, method: route.method },
  target: targetOf(route, call),
  ...(call.body === null ? {} : { body: call.body }),
  ...(call.token === null ? {} : { token: call.token }),
  ...{ secrets, opens: OPENING.has(route.operationId) },
  ...more,
})

/** Whether a route takes values in its body. */
export const takesValues = ({ route, estate }: Omit<Aim, 'canaries'>): boolean =>
  JSON.stringify(callOf(route, estate).body).includes('"value-')

/** As it should be: what is in it is kept. */
export const inOrder = (aim: Aim): Sending => sendingOf(aim, 'in order', planted(aim, 'in order'))

/** Each value of a body in some fifty bodies that are wrong. */
export function* malformed(aim: Aim): Generator<Sending> {
  const { call } = planted(aim, 'malformed')
  const of = (what: string) => {
    const { call, secrets } = planted(aim, `malformed: ${what}`)
    return { body: call.body ?? {}, secret: secrets[0] ?? '' }
  }
  for (const { what, secret, named = false, ...sent } of malformationsOf(of)) {
    const names = named ? [secret] : []
    yield sendingOf(aim, `malformed: ${what}`, { call, secrets: [secret] }, { ...sent, names })
  }
}

interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>
  readonly items?: Shape
}

type Path = readonly string[]

/** Every place in a schema; `0` is a place in a list. */
function placesIn({ properties = {}, items }: Shape): readonly Path[] {
  const inner = items === undefined ? [] : placesIn(items).map((path) => ['0', ...path])
  const members = Object.entries(properties).flatMap(([name, shape]) => [
    [name],
    ...placesIn(shape).map((path) => [name, ...path]),
  ])
  return [...(items === undefined ? [] : [['0']]), ...inner, ...members]
}

/** `of` with something else at this place. */
function withAt(of: unknown, [name, ...rest]: Path, put: unknown): unknown {
  if (name === undefined) return put
  if (name === '0') return [withAt(Array.isArray(of) ? of[0] : undefined, rest, put)]
  const members = typeof of === 'object' && of !== null && !Array.isArray(of) ? of : {}
  const there = Object.entries(members).find(([member]) => member === name)?.[1] as unknown
  return { ...members, [name]: withAt(there, rest, put) }
}

/** Members that are secret whatever route takes them; those of variables are plain. */
const isSecret = ({ route }: Aim, path: Path): boolean =>
  path.some((name) => /^(?:value|payload|credential)$/.test(name)) &&
  !route.action.startsWith('variable.')

/** What a canary can stand as. */
const FORMS: Readonly<Record<string, (of: string) => unknown>> = {
  'as a text': (of) => of,
  'in capitals': (of) => of.toUpperCase(),
  'as an address': (of) => `${of}@example.com`,
  'as an object': (of) => ({ [of]: of }),
  'in a list': (of) => [of],
}

/** A canary in each place of the body, in the form of a text, of a number and of others. */
export function* misplaced(aim: Aim): Generator<Sending> {
  const { route, canaries } = aim
  if (route.schemas.body === null) return
  for (const path of placesIn(route.schemas.body)) {
    for (const [form, made] of Object.entries(FORMS)) {
      const what = `body ${path.join('.')} ${form}`
      const one = canaries.make(`${route.operationId} ${what}`)
      yield put(aim, what, path, one, made(one))
    }
    const what = `body ${path.join('.')} as a number`
    const one = canaries.number(`${route.operationId} ${what}`)
    yield put(aim, what, path, String(one), one)
  }
  const extra = canaries.make(`${route.operationId} body member unknown`)
  yield put(aim, 'body member unknown', ['unheard_of'], extra, extra, false)
}

function put(
  aim: Aim,
  what: string,
  path: Path,
  canary: string,
  value: unknown,
  shown = !isSecret(aim, path),
): Sending {
  const { call, secrets } = planted(aim, what)
  const body = withAt(call.body, path, value) as Body
  const sent = { call: { ...call, body }, secrets: shown ? secrets : [...secrets, canary] }
  return sendingOf(aim, what, sent, { names: shown ? [canary] : [] })
}

/** A canary in each parameter of the query, and under and beside names that are none. */
export function* inQuery(aim: Aim): Generator<Sending> {
  const { route, canaries } = aim
  const { properties = {} }: Shape = route.schemas.query ?? {}
  const names = Object.keys(properties)
  for (const name of [...names, 'unheard_of']) {
    const { call, secrets } = planted(aim, `query ${name}`)
    const [one, other] = ['', ' twice'].map((more) =>
      canaries.make(`${route.operationId} query ${name}${more}`),
    ) as [string, string]
    const query = new URLSearchParams({ ...call.query, [name]: one })
    const path = pathOf(route, call)
    const of = { call, secrets: [...secrets, one, other] }
    const asked = [one, other]
    yield sendingOf(aim, `query ${name}`, of, { asked, target: `${path}?${query.toString()}` })
    query.append(name, other)
    query.append(other, one)
    const target = `${path}?${query.toString()}`
    yield sendingOf(aim, `query ${name} twice`, of, { asked, target })
  }
}

/** A canary as each parameter of the path, and in paths beside it. */
export function* inPath(aim: Aim): Generator<Sending> {
  const { route, canaries } = aim
  for (const { name } of paramsOf(route)) {
    const { call, secrets } = planted(aim, `path ${name}`)
    const one = canaries.make(`${route.operationId} path ${name}`)
    const there = { ...call, params: { ...call.params, [name]: one } }
    // By some names a thing is made that is not there.
    const names = [one]
    yield sendingOf(aim, `path ${name}`, { call: there, secrets }, { names })
  }
  for (const [what, target] of Object.entries(BESIDE)) {
    const { call, secrets } = planted(aim, `path ${what}`)
    const one = canaries.make(`${route.operationId} path ${what}`)
    const of = { call, secrets: [...secrets, one] }
    yield sendingOf(aim, `path ${what}`, of, { target: target(pathOf(route, call), one) })
  }
}

const BESIDE: Readonly<Record<string, (path: string, one: string) => string>> = {
  'that goes on': (path, one) => `${path}/${one}/${one}`,
  'with an odd escape': (path, one) => `${path}/%zz${one}`,
  'in capitals': (path, one) => `${path.toUpperCase()}/${one.toUpperCase()}`,
}

/** Headers that a proxy, a browser or a client may send, each with a canary. */
const HEADERS = [
  ...['cookie', 'user-agent', 'referer', 'origin', 'x-request-id', 'x-forwarded-for', 'accept'],
  ...['x-forwarded-host', 'idempotency-key', 'if-match', 'traceparent', 'accept-language', 'from'],
  ...['x-vault-token', 'proxy-authorization', 'x-amz-security-token', 'forwarded', 'via'],
]

/** What is shown in the place of a token. */
const SHOWN: Readonly<Record<string, (one: string) => Readonly<Record<string, string>>>> = {
  bearer: (one) => ({ authorization: `Bearer ${one}` }),
  basic: (one) => ({ authorization: `Basic ${Buffer.from(`u:${one}`).toString('base64')}` }),
  'odd scheme': (one) => ({ authorization: one }),
  'token of its shape': (one) => ({ authorization: `Bearer sr_user_${one}_${one}${one}1` }),
  'JWT of its shape': (one) => ({ authorization: `Bearer eyJhbGciOiJub25lIn0.${one}.${one}` }),
  'x-api-key': (one) => ({ 'x-api-key': one }),
}

export function* inHeaders(aim: Aim): Generator<Sending> {
  const { route, canaries } = aim
  const { call, secrets } = planted(aim, 'headers')
  const one = (what: string) => canaries.make(`${route.operationId} header ${what}`)
  const each = HEADERS.map((name) => [name, one(name)] as const)
  const all = [...each, [one('of that name'), one('of an odd name')] as const]
  const sent = { call, secrets: [...secrets, ...all.map(([, of]) => of)] }
  yield sendingOf(aim, 'headers', sent, { headers: Object.fromEntries(all) })
  for (const [what, headers] of Object.entries(SHOWN)) {
    const { call, secrets } = planted(aim, `shown as ${what}`)
    const canary = one(`shown as ${what}`)
    const of = { call, secrets: [...secrets, canary] }
    yield sendingOf(aim, `shown as ${what}`, of, { token: null, headers: headers(canary) })
  }
  const { call: other, secrets: more } = planted(aim, 'selected account')
  const account = one('selected account')
  yield sendingOf(
    aim,
    'selected account',
    { call: other, secrets: [...more, account] },
    {
      headers: { 'x-selected-account-id': account },
    },
  )
}

/** A refusal of each other kind, of a request that is in order but for that. */
export function* refused(aim: Aim): Generator<Sending> {
  const { route, estate } = aim
  if (!takesValues(aim)) return
  const as = (what: string, more: Partial<Sending>) =>
    sendingOf(aim, what, planted(aim, what), more)
  yield as('without a token', { token: null })
  yield as('by a member', { token: estate.userToken })
  yield as('by a service account', { token: estate.serviceToken })
  yield as('with two tokens', { headers: { 'x-api-key': estate.userToken } })
  yield as('by an odd method', { method: 'QUERY' })
  yield as('by a method that is not taken', { method: route.method === 'PUT' ? 'POST' : 'PUT' })
  yield as('under no route', { target: `${pathOf(route, callOf(route, estate))}/none` })
  yield as('again', {})
  const { call, secrets } = planted(aim, 'too large')
  const body = { ...call.body, padding: 'x'.repeat(2_000_000) }
  yield sendingOf(aim, 'too large', { call: { ...call, body }, secrets })
}
