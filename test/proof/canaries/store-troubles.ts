import type { Answer, Api } from '#test/support/api.ts'
import type { Canaries } from './canaries.ts'
import type { EchoingStore, Mood } from './echoing-store.ts'
import type { Sending } from './sending.ts'
import type { Traffic } from './traffic.ts'

const own = '/strongroom/v1'

/** How each kind of store is set up, with a canary for each part of its credential. */
const KINDS: Readonly<
  Record<string, readonly { readonly config: object; readonly credential: readonly string[] }[]>
> = {
  vault: [
    { config: { prefix: 'p' }, credential: ['token'] },
    { config: { prefix: 'p' }, credential: ['role_id', 'secret_id'] },
  ],
  'aws-secrets-manager': [
    { config: { region: 'us-east-1' }, credential: ['access_key_id', 'secret_access_key'] },
  ],
  'aws-parameter-store': [
    {
      config: { region: 'us-east-1' },
      credential: ['access_key_id', 'secret_access_key', 'session_token'],
    },
  ],
  'azure-key-vault': [{ config: {}, credential: ['access_token'] }],
  'gcp-secret-manager': [{ config: { project: 'some-project' }, credential: ['access_token'] }],
}

const MOODS: readonly Mood[] = [
  ...[400, 401, 403, 404, 405, 409, 412, 413, 422, 429, 500, 502, 503],
  ...(['garbage', 'cut'] as const),
]

function* storesOf(canaries: Canaries, url: string): Generator<Sending> {
  for (const [kind, ways] of Object.entries(KINDS)) {
    for (const { config, credential: parts } of ways) {
      const about = `createStore ${kind} of a store that repeats`
      const made = parts.map((part) => [part, canaries.make(`${about}: ${part}`)] as const)
      yield {
        ...{ about, method: 'POST', target: `${own}/stores` },
        secrets: made.map(([, canary]) => canary),
        body: {
          ...{ name: `${kind}-${made.length}`, kind, config: { ...config, url } },
          credential: Object.fromEntries(made),
        },
      }
    }
  }
}

/** Writes and reads of secrets in a store that repeats in its errors all that it was sent. */
export async function troubled(traffic: Traffic, admin: Api, store: EchoingStore): Promise<void> {
  const { canaries } = traffic
  store.mood(400)
  await traffic.all(storesOf(canaries, store.url))
  store.mood(null)
  const id = async (sending: Sending) => (await must(traffic.send(sending))).str('id')
  const token = canaries.make('createStore credential.token')
  const group = await setUp(id, store.url, token)
  const writing = (what: string, method: string, target: string, body: object = {}): Sending => {
    const value = canaries.make(`${what} in a store that repeats`)
    return { about: what, method, target, secrets: [value], body: { ...body, value } }
  }
  const at = `${own}/groups/${group}/secrets`
  const secret = await id(writing('createSecret', 'POST', at, { name: 'first' }))
  for (const mood of MOODS) {
    store.mood(mood)
    await traffic.all([
      writing(`createSecret ${String(mood)}`, 'POST', at, { name: `s-${String(mood)}` }),
      writing(`updateSecret ${String(mood)}`, 'PATCH', `${own}/secrets/${secret}`),
      writing(`createVersion ${String(mood)}`, 'POST', `${own}/secrets/${secret}/versions`),
    ])
  }
  store.mood(null)
  await admin.get(`${own}/secrets/${secret}/value`)
}

type Making = (sending: Sending) => Promise<string>

/** A group in a store that behaves, for now. */
async function setUp(id: Making, url: string, token: string): Promise<string> {
  const name = 'repeats'
  const config = { url, prefix: 'repeats' }
  await id({
    ...{ about: 'createStore', method: 'POST', target: `${own}/stores`, secrets: [token] },
    body: { name, kind: 'vault', config, credential: { token } },
  })
  const body = { name: 'in-repeats', store: name }
  const secrets: readonly string[] = []
  return id({ about: 'createGroup', method: 'POST', target: `${own}/groups`, body, secrets })
}

async function must(answer: Promise<Answer | null>): Promise<Answer> {
  const given = await answer
  if (given === null) throw new Error('there was no answer')
  return given.expect(200)
}
