import { after, before, describe } from 'node:test'
import { Api } from './api.ts'
import { startPostgres, type RunningPostgres } from './postgres.ts'
import { postgresRecord, sqliteRecord, type Witness } from './record.ts'
import { startServer, type RunningServer, type ServerOptions } from './server.ts'

/** An account of its own, with its first admin. */
export interface Tenant {
  readonly id: string
  readonly name: string
  readonly admin: Api
}

/** A real server on one of the two engines, empty at first. */
export interface House {
  readonly engine: Engine
  readonly server: RunningServer
  /** Where its database is, on PostgreSQL. */
  readonly database: string | null
  /** The admin of the account that runs the installation. */
  readonly operator: Api
  readonly record: Witness
  tenant(): Promise<Tenant>
  close(): Promise<void>
}

export type Engine = 'SQLite' | 'PostgreSQL'
export const ENGINES: readonly Engine[] = ['SQLite', 'PostgreSQL']

let postgres: Promise<RunningPostgres> | null = null

/** One for all tests of this process. That it flushes is for other tests to look at. */
export const quickPostgres = (): Promise<RunningPostgres> =>
  (postgres ??= startPostgres({ durable: false }))

interface HouseOptions extends ServerOptions {
  /** Whether stores may be at private addresses, as those of tests are; true by default. */
  readonly privateStores?: boolean
}

export async function openHouse(
  engine: Engine,
  { privateStores = true, args = [], ...options }: HouseOptions = {},
): Promise<House> {
  const database = engine === 'SQLite' ? null : await (await quickPostgres()).newDatabase()
  const server = await startServer({
    ...{ ...options, args: [...args, ...(privateStores ? ['--private-stores'] : [])] },
    ...(database === null ? {} : { database }),
  })
  const record = await (database === null ? sqliteRecord(server.dataDir) : postgresRecord(database))
  const operator = new Api(server.url, server.token)
  let tenants = 0
  return {
    ...{ engine, server, database, operator, record },
    async tenant() {
      tenants += 1
      const name = `tenant ${tenants}`
      const made = (await operator.post('/strongroom/v1/accounts', { name })).expect(200)
      return { id: made.str('id'), name, admin: operator.as(made.str('token')) }
    },
    async close() {
      await record.close()
      await server.stop()
    },
  }
}

/** The tests, once on each engine, each time on a server of their own. */
export function onEachEngine(
  define: (house: () => House) => void,
  engines: readonly Engine[] = ENGINES,
): void {
  for (const engine of engines) {
    describe(engine, () => {
      let open: House | null = null
      before(async () => {
        open = await openHouse(engine)
      })
      after(async () => {
        await open?.close()
      })
      define(() => {
        if (open === null) throw new Error('a house is entered before it is open')
        return open
      })
    })
  }
}
