import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { Api } from '#test/support/api.ts'
import { ownDirectory } from '#test/support/directory.ts'
import { settle, type Estate } from '#test/support/estate.ts'
import { startServer, type RunningServer, type ServerOptions } from '#test/support/server.ts'

/** A server of which everything is kept that it writes, wherever it writes it. */
export interface Ground {
  readonly server: RunningServer
  /** All that it wrote to its standard output and its standard error after its first line. */
  readonly heard: () => Buffer
  /** Its data and its temporary files. */
  readonly folder: string
  readonly operator: Api
}

export async function groundOf(t: TestContext, options: ServerOptions = {}): Promise<Ground> {
  const folder = await ownDirectory()
  return startIn(t, folder, options)
}

/** A server in a folder where one may have been before. */
export async function startIn(
  t: TestContext,
  folder: string,
  options: ServerOptions,
): Promise<Ground> {
  const temporary = join(folder, 'tmp')
  await mkdir(temporary, { recursive: true })
  const heard: Buffer[] = []
  const server = await startServer({
    ...options,
    dataDir: join(folder, 'data'),
    args: ['--private-stores', '--retention', '0', '--metrics', '127.0.0.1:0'],
    env: { TMPDIR: temporary, ...options.env },
    heard: (said) => heard.push(said),
  })
  t.after(() => server.kill())
  const operator = new Api(server.url, server.token)
  return { server, folder, operator, heard: () => Buffer.concat(heard) }
}

/** An account with one of everything. */
export async function estateIn({ operator }: Ground, name = 'canaries'): Promise<Estate> {
  const made = (await operator.post('/strongroom/v1/accounts', { name })).expect(200)
  return settle({ id: made.str('id'), name, admin: operator.as(made.str('token')) })
}
