import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { mintToken } from '#crypto/token.ts'
import { Api } from '#test/support/api.ts'
import { sqliteRecord, type Entry } from '#test/support/record.ts'
import { startServer, type RunningServer } from '#test/support/server.ts'

/** A line of the record as it is stored, with what these tests look at. */
export interface Line extends Entry {
  readonly from: string
  readonly count?: number
}

export interface Limited {
  readonly server: RunningServer
  readonly admin: Api
  /** The lines since the last look. */
  lines(): Promise<readonly Line[]>
  /** Ends it, which puts the last counts on the record, and gives the lines since the last look. */
  end(): Promise<readonly Line[]>
}

/** A server with limits, gone when the test is. */
export async function limited(t: TestContext, ...args: readonly string[]): Promise<Limited> {
  const folder = await mkdtemp(join(tmpdir(), 'strongroom-'))
  const dataDir = join(folder, 'data')
  const server = await startServer({ dataDir, args })
  const record = await sqliteRecord(dataDir)
  t.after(async () => {
    await server.stop()
    await record.close()
    await rm(folder, { recursive: true, force: true })
  })
  const lines = async () => (await record.entries()) as readonly Line[]
  return {
    server,
    admin: new Api(server.url, server.token),
    lines,
    async end() {
      await server.stop()
      return lines()
    },
  }
}

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** A token by its looks, that nobody was ever given; with this key id, if one is given. */
export const guess = (id?: string): string =>
  mintToken('user', (length) =>
    id?.length === length
      ? Uint8Array.from(id, (digit) => DIGITS.indexOf(digit))
      : randomBytes(length),
  ).text

/** The public part of a token. */
export const keyIdOf = (token: string): string =>
  /^sr_user_([0-9A-Za-z]{12})_/.exec(token)?.[1] ?? ''

/** A token of somebody's that the server has not seen since it was made. */
export async function newToken({ admin }: Limited, name: string): Promise<string> {
  const made = await admin.post('/strongroom/v1/tokens', { name })
  return made.expect(200).str('token')
}

/** How many requests lines of this reason stand for. */
export const counted = (lines: readonly Line[], reason: string): number =>
  lines.filter((line) => line.reason === reason).reduce((sum, { count = 1 }) => sum + count, 0)

/** The memory of a process in MB; `null` where the system does not tell it this way. */
export function memoryOf({ process: { pid } }: RunningServer): number | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1_024
  } catch {
    return null
  }
}
