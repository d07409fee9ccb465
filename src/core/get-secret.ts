import type { GroupId } from '#domain/ids.ts'
import type { SecretInfo } from '#domain/secret.ts'
import { authorize } from './authorize.ts'
import {
  locate,
  nothingAt,
  secretTarget,
  unseenAt,
  type Located,
  type SecretRef,
} from './locate.ts'
import type { Verb } from './perform.ts'

export interface ShownSecret {
  /** Its name where it was asked for. */
  readonly name: string
  /** The group that shows it: its own, or one with a link to it. */
  readonly via: GroupId
  readonly secret: SecretInfo
}

export const shownAs = ({ name, via, secret }: Located): ShownSecret => ({
  name,
  via: via.id,
  secret,
})

/** What is known of a secret, without its value. */
export const getSecret: Verb<SecretRef, ShownSecret, 'secret.get'> = {
  action: 'secret.get',
  async decide(core, caller, ref) {
    const found = await locate(core, caller, ref)
    if (found === null) return nothingAt(core, caller, ref)
    const target = secretTarget(found.secret)
    const thing = unseenAt(caller, ref, found.via)
    const resource = { kind: 'group', group: found.via, thing } as const
    const grant = authorize(caller, 'secret.get', resource, target)
    if (!grant.ok) return { fault: grant.error, target }
    const { secret: on } = found
    return { grant: grant.value, on, writes: [], answer: () => shownAs(found) }
  },
}
