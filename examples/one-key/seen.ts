import { join } from 'node:path'
import type { Cast } from './cast.ts'
import { parsed, succeeded } from './commands.ts'
import { ENVIRONMENT, GROUP_FQN, KEY, VARIABLE } from './names.ts'
import { quietly, strongroom } from './own.ts'
import { digest, must, outcome, short } from './telling.ts'
import { prime, scale, trueFoundry } from './vendors.ts'

/** What all of them must see. */
export interface Expected {
  readonly id: string
  readonly version: number
  readonly sha256: string
  /** When the value was given, by Scale's client. */
  readonly changed: string
}

/** A value that somebody got, by its digest. */
function same(api: string, sha256: string, expected: Expected): void {
  must(sha256 === expected.sha256, `${api} gives another value than version ${expected.version}.`)
  outcome(short(sha256))
}

async function byScale({ place, ada }: Cast, expected: Expected): Promise<void> {
  const says = `client.credentials.decrypt_by_name("${KEY}").result`
  const { sha256 } = await scale<{ sha256: string }>(place, ada, { says, args: ['read', KEY] })
  same("Scale's client", sha256, expected)
}

interface Entry {
  readonly id: string
  readonly name: string
  readonly source: string
  readonly updatedAt: string
}

interface Listing {
  readonly secrets: readonly Entry[]
}

async function byPrime({ place, ben }: Cast, expected: Expected): Promise<void> {
  const list = ['env', 'secret', 'list', ENVIRONMENT, '--output', 'json']
  const printed = succeeded(await prime(place, ben, list), 'prime env secret list')
  const { secrets } = parsed(printed, 'prime env secret list') as Listing
  const [first, ...others] = secrets
  must(
    first?.name === VARIABLE && first.id === expected.id && others.length === 0,
    `Prime's command does not show ${VARIABLE}, and that alone, in ${ENVIRONMENT}.`,
  )
  must(
    Date.parse(first.updatedAt) === Date.parse(expected.changed),
    `Prime's command shows a change at ${first.updatedAt}, not at ${expected.changed}.`,
  )
  outcome(`${first.name}, ${first.source}, id ${first.id}, changed at ${first.updatedAt}`)
  const job = [place.python, join(import.meta.dirname, 'job.py'), VARIABLE]
  const got = await strongroom(place, ben, ['run', '--environment', ENVIRONMENT, '--', ...job])
  same(`The job in ${ENVIRONMENT}`, got.trim(), expected)
}

interface Opened {
  readonly id: string
  readonly version: number
  readonly sha256: string
}

async function byTrueFoundry({ place, cleo }: Cast, expected: Expected): Promise<void> {
  const says = `client.secret_groups.get_by_fqn("${GROUP_FQN}"), client.secrets.get(…).data`
  const got = await trueFoundry<Opened>(place, cleo, { says, args: ['read', GROUP_FQN, KEY] })
  must(got.id === expected.id, "TrueFoundry's SDK shows a secret with another id.")
  must(
    got.version === expected.version,
    `TrueFoundry's SDK shows version ${got.version}, not ${expected.version}.`,
  )
  outcome(`version ${got.version}, id ${got.id}`)
  same("TrueFoundry's SDK", got.sha256, expected)
}

interface Row {
  readonly id: string
  readonly version: number
  readonly linked: boolean
}

async function byOurs({ place, admin }: Cast, expected: Expected): Promise<void> {
  const value = await strongroom(place, admin, ['get', KEY])
  same('Our own command', digest(value), expected)
  outcome(await strongroom(place, admin, ['list']))
  const rows = await quietly<readonly Row[]>(place, admin, ['list'])
  must(
    rows.length === 4 && rows.filter(({ linked }) => linked).length === 3,
    'Our own command does not list the secret and its three links.',
  )
  must(
    rows.every(({ id, version }) => id === expected.id && version === expected.version),
    `Our own command does not list version ${expected.version} of one secret everywhere.`,
  )
}

/** Each of the four looks, one after another, and finds the same. */
export async function everyoneSees(cast: Cast, expected: Expected): Promise<void> {
  await byScale(cast, expected)
  await byPrime(cast, expected)
  await byTrueFoundry(cast, expected)
  await byOurs(cast, expected)
}
