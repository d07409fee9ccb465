import type { Load } from './load.ts'

/** One request that is measured over and over. */
export interface Case {
  readonly name: string
  /** What answers: the vault, or the same HTTP server with nothing behind it. */
  readonly of: 'vault' | 'empty'
  /** The cases that do the same work through the first API one after another, if this is another one. */
  readonly like: readonly string[]
  readonly load: Load
}

export interface Ground {
  readonly url: string
  readonly token: string
  readonly emptyUrl: string
  readonly connections: number
  readonly seconds: number
}

type Body = Readonly<Record<string, unknown>>

const VALUE = 'v'.repeat(256)
const FILLING = 1_000

async function call(
  { url, token }: Ground,
  method: string,
  path: string,
  body: Body,
): Promise<Body> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const answer = await fetch(url + path, { method, headers, body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as Body
}

/** What the requests are about, made through each API. */
interface Things {
  readonly scale: readonly string[]
  readonly credential: string
  readonly prime: readonly string[]
  /** Of a hundred secrets. */
  readonly group: string
  /** Of one secret each. */
  readonly groups: readonly string[]
  readonly secret: string
}

interface Group {
  readonly id: string
  readonly associatedSecrets: readonly { readonly id: string }[]
}

async function fill(ground: Ground): Promise<Things> {
  const post = (path: string, body: Body) => call(ground, 'POST', path, body)
  const scale: string[] = []
  const prime: string[] = []
  for (let n = 0; n < FILLING; n++) {
    const key = await post('/v5/sgp/secrets', { key: `bench-${n}`, value: VALUE })
    const named = await post('/api/v1/secrets/', { name: `BENCH_${n}`, value: VALUE })
    scale.push(String(key['id']))
    prime.push(String((named['data'] as Body)['id']))
  }
  const credential = await post('/v5/credentials', { name: 'bench', type: 'key', payload: VALUE })
  const { account } = (await (
    await fetch(`${ground.url}/strongroom/v1/whoami`, {
      headers: { authorization: `Bearer ${ground.token}` },
    })
  ).json()) as { account: { id: string } }
  const newGroup = async (name: string, count: number) => {
    const secrets = Array.from({ length: count }, (_, n) => ({ key: `bench-${n}`, value: VALUE }))
    const body = { name, integrationId: account.id, secrets }
    return (await post('/api/svc/v1/secret-groups', body))['data'] as Group
  }
  const group = await newGroup('bench', 100)
  const groups: string[] = []
  for (let n = 0; n < FILLING / 5; n++) groups.push((await newGroup(`bench-${n}`, 1)).id)
  const secret = group.associatedSecrets[0]?.id ?? ''
  return { scale, prime, credential: String(credential['id']), group: group.id, groups, secret }
}

type Asked = readonly [
  method: string,
  path: string,
  body?: Body | '' | undefined,
  each?: readonly string[],
]

/** The same work through each API, Scale's first; what an API cannot do it has not. */
const works = (of: Things): Readonly<Record<string, Readonly<Record<string, Asked>>>> => ({
  'read of a value': {
    scale: ['POST', `/v5/credentials/${of.credential}/secret`, ''],
    truefoundry: ['GET', `/api/svc/v1/secrets/${of.secret}`],
  },
  'get of metadata': {
    scale: ['GET', '/v5/sgp/secrets/{each}', undefined, of.scale],
    prime: ['GET', '/api/v1/secrets/{each}', undefined, of.prime],
  },
  create: {
    scale: ['POST', '/v5/sgp/secrets', { key: 'k{n}', value: VALUE }],
    prime: ['POST', '/api/v1/secrets/', { name: 'K{N}', value: VALUE }],
  },
  'new value': {
    scale: ['PATCH', '/v5/sgp/secrets/{each}', { value: 'v{n}' }, of.scale],
    prime: ['PATCH', '/api/v1/secrets/{each}', { value: 'v{n}' }, of.prime],
  },
  'replacement of a group of one': {
    truefoundry: [
      'PUT',
      '/api/svc/v1/secret-groups/{each}',
      { secrets: [{ key: 'bench-0', value: 'v{n}' }] },
      of.groups,
    ],
  },
  'list of 100': {
    scale: ['GET', '/v5/sgp/secrets?limit=100'],
    prime: ['GET', '/api/v1/secrets/?limit=100'],
    truefoundry: ['POST', '/api/svc/v1/secrets', { secretGroupId: of.group, limit: 100 }],
  },
})

/** What a work that Scale's API has no request for takes there: what it holds is looked at, compared, set. */
const inSteps: Readonly<Record<string, readonly string[]>> = {
  'replacement of a group of one': ['get of metadata', 'read of a value', 'new value'],
}

function loadOf(ground: Ground, url: string, [method, path, body, each]: Asked): Load {
  const { connections, seconds, token } = ground
  return {
    ...{ port: Number(new URL(url).port), connections, seconds, warmupSeconds: 1, method, path },
    ...(each === undefined ? {} : { each }),
    body: body === undefined ? null : body === '' ? '' : JSON.stringify(body),
    headers: {
      authorization: `Bearer ${token}`,
      ...(method === 'GET' ? {} : { 'content-type': 'application/json' }),
    },
  }
}

export const EMPTY = 'empty answer, 420 bytes'

/** Every case, the empty answer first. */
export async function casesOn(ground: Ground): Promise<readonly Case[]> {
  const things = await fill(ground)
  const empty = loadOf(ground, ground.emptyUrl, ['GET', '/empty'])
  const rest = Object.entries(works(things)).flatMap(([work, apis]) =>
    Object.entries(apis).map(([api, asked], n): Case => {
      const like = n === 0 ? (inSteps[work] ?? []) : [work]
      const name = n === 0 ? work : `${work}, ${api}`
      return { name, of: 'vault', like, load: loadOf(ground, ground.url, asked) }
    }),
  )
  return [{ name: EMPTY, of: 'empty', like: [], load: empty }, ...rest]
}
