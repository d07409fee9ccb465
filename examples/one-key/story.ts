import { randomBytes } from 'node:crypto'
import type { Cast } from './cast.ts'
import { ENVIRONMENT, GROUP, GROUP_FQN, KEY, VARIABLE } from './names.ts'
import { strongroom } from './own.ts'
import { environmentIsOnRecord, keyIsOnRecord, recordIsTrue } from './record.ts'
import { everyoneSees } from './seen.ts'
import { chapter, digest, must, outcome } from './telling.ts'
import { prime, scale, trueFoundry } from './vendors.ts'

const newValue = (): string => `sk-${randomBytes(24).toString('hex')}`

/** A secret after Scale's client changed it. */
interface Changed {
  readonly id: string
  readonly changed: string
}

async function create({ place, ada }: Cast, value: string): Promise<Changed> {
  const says = `client.secrets.create(key="${KEY}", value=…)`
  const made = await scale<Changed>(place, ada, { says, args: ['create', KEY], value })
  outcome(`id ${made.id}`)
  return made
}

async function link({ place, admin, cleo }: Cast): Promise<void> {
  const linking = ['link', KEY, '--from', 'secrets', '--into']
  outcome(await strongroom(place, admin, ['environment', 'create', ENVIRONMENT]))
  outcome(await strongroom(place, admin, [...linking, ENVIRONMENT, '--as', VARIABLE]))
  const made = await trueFoundry<{ fqn: string }>(place, cleo, {
    says: `client.secret_groups.create(name="${GROUP}", …)`,
    args: ['create', GROUP, place.account],
  })
  must(made.fqn === GROUP_FQN, `TrueFoundry's SDK calls the group ${made.fqn}.`)
  outcome(made.fqn)
  outcome(await strongroom(place, admin, [...linking, GROUP]))
  outcome(await strongroom(place, admin, [...linking, 'credentials']))
}

async function refuse({ place, ben }: Cast, id: string): Promise<void> {
  const update = ['env', 'secret', 'update', ENVIRONMENT, '--id', id, '--value', 'mine']
  const { code, out } = await prime(place, ben, update)
  must(code === 1 && out.includes('403'), 'A link let its secret be changed.')
  outcome(out)
}

async function rotate({ place, ada }: Cast, id: string, value: string): Promise<Changed> {
  const says = 'client.secrets.update(id, value=…)'
  const rotated = await scale<Changed>(place, ada, { says, args: ['rotate', id], value })
  must(rotated.id === id, "Scale's client shows another id after the rotation.")
  outcome(`id ${id}, changed at ${rotated.changed}`)
  return rotated
}

/** One key, made by one client, used by three others, rotated once, and all of it on the record. */
export async function tell(cast: Cast): Promise<void> {
  const [first, second] = [newValue(), newValue()]
  chapter("1. Scale's client creates the secret")
  const made = await create(cast, first)
  chapter('2. It is linked to where the others look for it')
  await link(cast)
  chapter('3. Each of the four sees it')
  await everyoneSees(cast, { ...made, version: 1, sha256: digest(first) })
  chapter('4. A link changes nothing; where it belongs it is rotated, and each sees that at once')
  await refuse(cast, made.id)
  const rotated = await rotate(cast, made.id, second)
  await everyoneSees(cast, { ...rotated, version: 2, sha256: digest(second) })
  chapter('5. All of it is on the record, and the record is true')
  await keyIsOnRecord(cast, made.id)
  await environmentIsOnRecord(cast)
  await recordIsTrue(cast)
}
