/** A change to a file that no test can see, because nothing that is promised changes by it. */
export interface Equivalent {
  readonly file: string
  /** The line that it starts in. */
  readonly within: string
  readonly from: string
  readonly to: string
}

interface Reasoned extends Equivalent {
  readonly because: string
}

export const EQUIVALENTS: readonly Reasoned[] = [
  {
    file: 'src/core/authorize.ts',
    within: "special[action] ?? (scopes[action] === 'list' ? 'viewer' : 'editor')",
    from: "'viewer'",
    to: '""',
    because: 'what is in no list stands below the least role, which every role is at least',
  },
  {
    file: 'src/core/authorize.ts',
    within: "owner.kind === 'subject' && owner.id === subject.id",
    from: "owner.kind === 'subject'",
    to: 'true',
    because: 'ids are unlike across kinds: no account or team has the id of a subject',
  },
  {
    file: 'src/core/authorize.ts',
    within: "case 'self':",
    from: "'self'",
    to: '""',
    because: 'without a case of its own nothing is refused either',
  },
  {
    file: 'src/core/sealer.ts',
    within: 'return tree.size >= until',
    from: 'tree.size >= until',
    to: 'true',
    because: 'one more look finds nothing to close and ends the rounds',
  },
  {
    file: 'src/core/sealer.ts',
    within: 'this.#running = this.#seal().finally(() => {',
    from: '{ this.#running = null }',
    to: '{}',
    because: 'the next one then begins behind one that is done, which is at once',
  },
]
