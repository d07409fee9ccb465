import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Api } from '#test/support/api.ts'

const main = new URL('../../../src/server/main.ts', import.meta.url).pathname
const gauge = new URL('gauge.ts', import.meta.url).pathname

/** The longest that a turn of the event loop may take, in ms of processor time. */
export const STALL_MS_MAX = 50

export interface Gauge {
  /** The longest turn of the event loop since the last look, in ms. */
  readonly longest: number
  readonly polluted: boolean
}

/** A server that is looked into. */
export interface Gauged {
  readonly url: string
  readonly accountId: string
  readonly admin: Api
  /** `asked` makes the faults that the gauge has to find. */
  look(asked?: { readonly block?: number; readonly pollute?: string }): Promise<Gauge>
  /** In MB; 0 where the system does not tell it this way. */
  memory(): Promise<number>
  /** Whether it is still the process that was started. */
  isUp(): boolean
  close(): Promise<void>
}

interface Greeting {
  readonly url: string
  readonly account_id: string
  readonly token: string
}

export async function startGauged(): Promise<Gauged> {
  const folder = await mkdtemp(join(tmpdir(), 'strongroom-'))
  const data = ['--data', join(folder, 'data'), '--listen', '127.0.0.1:0', '--json']
  const flags = ['--disable-warning=ExperimentalWarning', '--import', gauge, main]
  const child = spawn(
    process.execPath,
    [...flags, ...data, '--failed-limit', '0', '--private-stores'],
    {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      env: { PATH: process.env['PATH'] },
    },
  )
  if (child.stdout === null) throw new Error('the server has no standard output')
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  const { url, account_id, token } = JSON.parse(line) as Greeting
  return {
    ...{ url, accountId: account_id, admin: new Api(url, token) },
    async look(asked = {}) {
      const told = once(child, 'message')
      child.send(asked)
      return ((await told) as [Gauge])[0]
    },
    async memory() {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '')
      return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1_024
    },
    isUp: () => child.exitCode === null && child.signalCode === null,
    async close() {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}
