import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * The little of a Vault's KV v2 engine that setting up a store asks for, in this process: for tests that
 * are about who may do what. What a store does is tested with real ones.
 */

interface Kept {
  current: number
  words: unknown
  readonly versions: Map<number, unknown>
}

interface Reply {
  readonly status: number
  readonly body?: unknown
}

const empty = (): Kept => ({ current: 0, words: null, versions: new Map<number, unknown>() })

const missing: Reply = { status: 404, body: { errors: [] } }
const done: Reply = { status: 204 }
const data = (of: unknown): Reply => ({ status: 200, body: { data: of } })

type Body = Readonly<Record<string, unknown>>
type Answering = (path: string, query: URLSearchParams, body: Body) => Reply

function answers(): Readonly<Record<string, Answering>> {
  const all = new Map<string, Kept>()

  const names = (folder: string): Reply => {
    const under = [...all.keys()].filter((path) => path.startsWith(folder))
    const keys = under.map((path) => path.slice(folder.length).replace(/\/.*$/, '/'))
    return keys.length === 0 ? missing : data({ keys: [...new Set(keys)] })
  }

  return {
    'GET metadata'(path, query) {
      if (query.has('list')) return names(path)
      const kept = all.get(path)
      if (kept === undefined) return missing
      const versions = [...kept.versions.keys()].map((n): [string, unknown] => [
        String(n),
        { destroyed: kept.versions.get(n) === null, deletion_time: '' },
      ])
      const { current: current_version, words: custom_metadata } = kept
      return data({ current_version, custom_metadata, versions: Object.fromEntries(versions) })
    },
    'POST metadata'(path, _query, { custom_metadata: words }) {
      const kept = all.get(path) ?? empty()
      all.set(path, { ...kept, words })
      return done
    },
    'DELETE metadata'(path) {
      all.delete(path)
      return done
    },
    'GET data'(path, query) {
      const found = all.get(path)?.versions.get(Number(query.get('version')))
      return found == null ? missing : data({ data: found })
    },
    'POST data'(path, _query, { data: members, options }) {
      const kept = all.get(path) ?? empty()
      if ((options as { cas: number }).cas !== kept.current) {
        return { status: 400, body: { errors: ['check-and-set parameter did not match'] } }
      }
      kept.current += 1
      kept.versions.set(kept.current, members)
      all.set(path, kept)
      return data({ version: kept.current })
    },
    'POST destroy'(path, _query, { versions }) {
      for (const n of versions as readonly number[]) all.get(path)?.versions.set(n, null)
      return done
    },
  }
}

async function bodyOf(request: IncomingMessage): Promise<Body> {
  const text = Buffer.concat((await request.toArray()) as Buffer[]).toString()
  return text === '' ? {} : (JSON.parse(text) as Body)
}

async function start(): Promise<string> {
  const known = answers()
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://vault')
    const [, what = '', path = ''] = /\/v1\/secret\/([a-z]+)\/(.*)$/.exec(pathname) ?? []
    void bodyOf(request).then((body) => {
      const answer = known[`${request.method ?? ''} ${what}`]
      const reply = answer?.(decodeURIComponent(path), searchParams, body) ?? missing
      response.writeHead(reply.status, { 'content-type': 'application/json' })
      response.end(reply.body === undefined ? undefined : JSON.stringify(reply.body))
    })
  })
  // A process of tests that is done ends.
  server.on('connection', (socket) => socket.unref())
  server.listen(0, '127.0.0.1').unref()
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

let started: Promise<string> | null = null

/** The address of the one of this process; it takes any token, and any path before the API's. */
export const smallVault = (): Promise<string> => (started ??= start())

/** Puts something of somebody else's there, beside what stores put. */
export async function plantInSmallVault(
  path: string,
  members: Readonly<Record<string, unknown>>,
): Promise<void> {
  const body = JSON.stringify({ options: { cas: 0 }, data: members })
  const answer = await fetch(`${await smallVault()}/v1/secret/data/${path}`, {
    method: 'POST',
    body,
  })
  if (!answer.ok) throw new Error(`${path} is there already`)
}
