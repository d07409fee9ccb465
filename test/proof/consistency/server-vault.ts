import { Api, type Answer } from '#test/support/api.ts'
import { startServer, type RunningServer, type ServerOptions } from '#test/support/server.ts'
import type { Operation, Outcome, Vault } from './operation.ts'

const own = '/strongroom/v1'

/** A server that is killed and started again; who asks meanwhile waits. */
export class Node {
  readonly #options: ServerOptions
  #running: Promise<RunningServer>

  private constructor(options: ServerOptions, running: RunningServer) {
    this.#options = { ...options, token: running.token }
    this.#running = Promise.resolve(running)
  }

  static async start(options: ServerOptions): Promise<Node> {
    return new Node(options, await startServer(options))
  }

  async api(): Promise<Api> {
    const { url, token } = await this.#running
    return new Api(url, token)
  }

  async restart(): Promise<void> {
    const before = this.#running
    this.#running = before.then(async (server) => {
      await server.kill()
      return startServer(this.#options)
    })
    await this.#running
  }

  async kill(): Promise<void> {
    await (await this.#running).kill()
  }
}

/** The names of the account's own secrets, through one or several servers on one database. */
export class ServerVault implements Vault {
  readonly #nodes: readonly Node[]
  #turn = 0
  /** Answers that are no answer to what was asked. */
  readonly odd: string[] = []

  constructor(nodes: readonly Node[]) {
    this.#nodes = nodes
  }

  async ask(key: string, operation: Operation): Promise<Outcome> {
    const node = this.#nodes[this.#turn++ % this.#nodes.length]
    if (node === undefined) throw new Error('there is no server')
    const answer = await send(await node.api(), key, operation).catch(() => null)
    if (answer === null) return { outcome: 'open' }
    const outcome = outcomeOf(operation, answer)
    if (outcome.outcome === 'open' && answer.status !== 503) {
      this.odd.push(`${operation.kind}: ${answer.status} ${answer.text.slice(0, 200)}`)
    }
    return outcome
  }
}

function send(api: Api, key: string, operation: Operation): Promise<Answer> {
  const group = `${own}/groups/secrets/secrets`
  switch (operation.kind) {
    case 'create':
      return api.post(group, { name: key, value: operation.value })
    case 'read':
      return api.get(`${group}/${key}/value`)
    case 'cas': {
      const { id, number, value } = operation
      return api.patch(`${own}/secrets/${id}`, { value, expect_version: number })
    }
    case 'activate':
      return api.post(`${own}/secrets/${operation.id}/versions/${operation.number}/activate`)
    case 'delete':
      return api.delete(`${own}/secrets/${operation.id}`)
  }
}

const MEANWHILE = /its version is (\d+) now/

function outcomeOf({ kind }: Operation, answer: Answer): Outcome {
  const { status } = answer
  if (status === 404 && kind !== 'create') return { outcome: 'absent' }
  if (status === 409 && kind === 'create') return { outcome: 'conflict' }
  const current = status === 409 && kind === 'cas' ? MEANWHILE.exec(answer.text)?.[1] : undefined
  if (current !== undefined) return { outcome: 'conflict', gotCurrent: Number(current) }
  if (status !== 200) return { outcome: 'open' }
  if (kind === 'delete') return { outcome: 'done' }
  const told = {
    outcome: 'done',
    gotId: answer.str('id'),
    gotNumber: answer.num('version'),
  } as const
  return kind === 'read' ? { ...told, gotValue: answer.str('value') } : told
}
