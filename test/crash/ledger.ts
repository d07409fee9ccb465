/** What can be seen of one item. A deleted one keeps what it last said. */
export interface State {
  readonly live: boolean
  readonly description: string
  readonly value: string
  /** How many values it has had. */
  readonly versions: number
}

export type Family = 'secret' | 'credential'

export type Deed = 'create' | 'update' | 'delete'

/** One thing that one writer makes, changes and deletes, one request after the other. */
export interface Item {
  readonly family: Family
  readonly name: string
  /** Known once its creation was acknowledged, or was seen to have been done. */
  id: string | null
  /** As of the last acknowledged request; `null` before the first. */
  acked: State | null
  /** What the request under way makes of it. */
  pending: State | null
}

/** Everything that was asked for, and what was acknowledged of it. */
export class Ledger {
  readonly items: Item[] = []
  acknowledged = 0

  begin(family: Family, name: string): Item {
    const item: Item = { family, name, id: null, acked: null, pending: null }
    this.items.push(item)
    return item
  }

  acknowledge(item: Item): void {
    item.acked = item.pending
    item.pending = null
    this.acknowledged++
  }

  /** Items whose last request got no answer. */
  get inDoubt(): readonly Item[] {
    return this.items.filter(({ pending }) => pending !== null)
  }
}
