import pg from 'pg'

/** Connections that change something: each belongs to one transaction at a time. */
const WRITERS = 8
/** Connections that only read; any number of reads share one, each sent without waiting. */
const READERS = 3

/** A database that is gone is said to be gone, soon; the next request tries again. */
const CONNECT_MS = 3_000

/** Integers are numbers: nothing that is stored is beyond them. */
const types = new pg.TypeOverrides()
types.setTypeParser(pg.types.builtins.INT8, Number)

const settings = (url: string) => ({
  connectionString: url,
  application_name: 'strongroom',
  connectionTimeoutMillis: CONNECT_MS,
  keepAlive: true,
  pipeline: true,
  types,
})

/** A connection that is lost makes a new one when it is next needed; its end is told by its queries. */
const ignoreEnd = (): void => undefined

/** Reads from the server over a few connections, and lends others for transactions. */
export class Connections {
  readonly #url: string
  readonly #writers: pg.Pool
  readonly #readers: (Promise<pg.Client> | null)[] = Array.from({ length: READERS }, () => null)
  #next = 0
  #closed = false

  constructor(url: string) {
    this.#url = url
    this.#writers = new pg.Pool({ ...settings(url), max: WRITERS })
    this.#writers.on('error', ignoreEnd)
    this.#writers.on('connect', (client) => client.on('error', ignoreEnd))
  }

  async read<R extends unknown[] | pg.QueryResultRow>(
    query: pg.QueryConfig | pg.QueryArrayConfig,
  ): Promise<R[]> {
    this.#next = (this.#next + 1) % READERS
    const reader = await (this.#readers[this.#next] ??= this.#connect(this.#next))
    return (await reader.query<pg.QueryResultRow>(query)).rows as R[]
  }

  /** Does `work` on a connection of its own, which is thrown away unless it is known to be well. */
  async withWriter<T>(work: (client: pg.ClientBase) => Promise<T>): Promise<T> {
    const client = await this.#writers.connect()
    let isWell = false
    try {
      const done = await work(client)
      isWell = true
      return done
    } finally {
      client.release(!isWell)
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    const readers = await Promise.allSettled(this.#readers.filter((reader) => reader !== null))
    await Promise.all([
      this.#writers.end(),
      ...readers.map((reader) =>
        reader.status === 'fulfilled' ? reader.value.end() : Promise.resolve(),
      ),
    ])
  }

  async #connect(place: number): Promise<pg.Client> {
    if (this.#closed) throw new Error('the connections are closed')
    const client = new pg.Client(settings(this.#url))
    const forget = () => {
      this.#readers[place] = null
    }
    client.once('error', forget)
    client.on('error', ignoreEnd)
    try {
      return await client.connect()
    } catch (error) {
      forget()
      throw error
    }
  }
}
