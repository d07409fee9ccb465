import type { Cast, Person } from './cast.ts'
import { ENVIRONMENT } from './names.ts'
import { quietly, strongroom } from './own.ts'
import { must, outcome } from './telling.ts'

interface Entry {
  readonly subject: string
  readonly api: string
  readonly action: string
  readonly version?: number
  readonly outcome: string
}

/** What must be on the record of the key, oldest first; looking for it by its name is left out. */
const STORY = [
  'ada scale-sgp secret.create v1 allowed',
  'admin strongroom link.create allowed',
  'admin strongroom link.create allowed',
  'admin strongroom link.create allowed',
  'ada scale-sgp secret.read v1 allowed',
  'ben strongroom group.read v1 allowed',
  'cleo truefoundry secret.read v1 allowed',
  'admin strongroom secret.read v1 allowed',
  'ben prime-intellect secret.update refused',
  'ada scale-sgp secret.update allowed',
  'ada scale-sgp secret.read v2 allowed',
  'ben strongroom group.read v2 allowed',
  'cleo truefoundry secret.read v2 allowed',
  'admin strongroom secret.read v2 allowed',
]

function lines(entries: readonly Entry[], people: readonly Person[]): readonly string[] {
  const names = new Map(people.map(({ id, name }) => [id, name]))
  return entries
    .toReversed()
    .filter(({ action }) => action !== 'secret.get')
    .map(({ subject, api, action, version, outcome: came }) =>
      [names.get(subject), api, action, version === undefined ? [] : `v${version}`, came]
        .flat()
        .join(' '),
    )
}

/** The record of the key has all that was done to it, by whom and through which API. */
export async function keyIsOnRecord(cast: Cast, id: string): Promise<void> {
  const { place, admin, ada, ben, cleo } = cast
  const audit = ['audit', '--target', id]
  outcome(await strongroom(place, admin, [...audit, '--names']))
  const entries = await quietly<readonly Entry[]>(place, admin, audit)
  const found = lines(entries, [admin, ada, ben, cleo])
  for (const [n, line] of STORY.entries()) {
    must(found[n] === line, `Line ${n + 1} of the record is "${found[n]}", not "${line}".`)
  }
  must(found.length === STORY.length, 'The record has more than what was done.')
}

/** Prime's listings are about the environment, and on its record. */
export async function environmentIsOnRecord(cast: Cast): Promise<void> {
  const { place, admin, ben } = cast
  const listed = ['environment', 'list']
  const [environment] = await quietly<readonly { id: string }[]>(place, admin, listed)
  must(environment !== undefined, `Our own command does not list ${ENVIRONMENT}.`)
  const audit = ['audit', '--target', environment.id]
  outcome(await strongroom(place, admin, [...audit, '--names']))
  const entries = await quietly<readonly Entry[]>(place, admin, audit)
  const listings = entries.filter(
    ({ subject, api, action }) =>
      subject === ben.id && api === 'prime-intellect' && action === 'secret.list',
  )
  must(listings.length === 2, "The record does not have the two listings of Prime's command.")
}

/** The log is closed, and every entry of it proven without asking the server. */
export async function recordIsTrue({ place, admin }: Cast): Promise<void> {
  outcome(await strongroom(place, admin, ['audit', 'verify']))
  const offline = ['audit', 'verify', '--offline', '--data', place.dataDir]
  outcome(await strongroom(place, admin, offline))
}
