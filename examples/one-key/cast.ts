import type { RunningServer } from '#test/support/server.ts'
import { quietly } from './own.ts'

/** Where everybody works: the vault, and the Python that has the vendors' clients. */
export interface Place {
  readonly url: string
  readonly account: string
  readonly dataDir: string
  readonly python: string
  /** A home folder with nobody's settings in it. */
  readonly home: string
}

export interface Person {
  readonly id: string
  readonly name: string
  readonly token: string
}

export interface Cast {
  readonly place: Place
  /** Runs the vault. */
  readonly admin: Person
  /** Works with Scale's client. */
  readonly ada: Person
  /** Works with Prime's command, in the team `research`. */
  readonly ben: Person
  /** Works with TrueFoundry's SDK. */
  readonly cleo: Person
}

/** Makes everybody who takes part, each with a token of their own. */
export async function gather(
  { url, accountId: account, dataDir, token }: RunningServer,
  clients: Pick<Place, 'python' | 'home'>,
): Promise<Cast> {
  const place: Place = { url, account, dataDir, ...clients }
  const self = await quietly<{ id: string }>(place, { token }, ['whoami'])
  const admin: Person = { id: self.id, name: 'admin', token }
  const person = async (name: string): Promise<Person> => ({
    ...(await quietly<{ id: string; token: string }>(place, admin, [
      ...['user', 'create', '--email', `${name}@example.test`, '--role', 'member'],
    ])),
    name,
  })
  const cast = { place, admin, ...{ ada: await person('ada'), ben: await person('ben') } }
  await quietly(place, admin, ['team', 'create', 'research'])
  await quietly(place, admin, ['team', 'add', 'research', cast.ben.id])
  return { ...cast, cleo: await person('cleo') }
}
