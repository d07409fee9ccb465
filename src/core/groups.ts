import type { Group, GroupKind, Owner } from '#domain/group.ts'
import type { AccountId, GroupId } from '#domain/ids.ts'
import type { Reads } from '#ports/database.ts'

const GROUPS_MAX = 50_000

/**
 * Groups, kept warm. What is kept of a group never changes; a group that was removed takes nothing
 * more in (its commit misses), and then `forget` makes the next decision read afresh.
 */
export class Groups {
  readonly #reads: Reads
  readonly #byId = new Map<string, Group>()
  readonly #own = new Map<string, Group>()

  constructor(reads: Reads) {
    this.#reads = reads
  }

  async get(account: AccountId, id: GroupId): Promise<Group | null> {
    const known = this.#byId.get(id)
    // One of another account is looked for like one that is not there: sooner refused, it would be told.
    if (known?.account === account) return known
    return this.#keep(await this.#reads.group(account, id))
  }

  /** The one group of this kind that `owner` has. */
  async own(kind: GroupKind, owner: Owner['id']): Promise<Group | null> {
    const key = `${kind} ${owner}`
    const known = this.#own.get(key)
    if (known !== undefined) return known
    const group = this.#keep(await this.#reads.ownGroup(kind, owner))
    if (group !== null) this.#own.set(key, group)
    return group
  }

  forget(): void {
    this.#byId.clear()
    this.#own.clear()
  }

  #keep(group: Group | null): Group | null {
    if (this.#byId.size >= GROUPS_MAX) this.forget()
    if (group !== null) this.#byId.set(group.id, group)
    return group
  }
}
