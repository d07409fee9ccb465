import type { SubjectId } from '#domain/ids.ts'
import { parseId } from '#domain/ids.ts'
import type { Caller, Subject } from '#domain/subject.ts'
import type { Account, LogEntry } from '#ports/database.ts'
import { authorize } from './authorize.ts'
import type { Core } from './core.ts'
import { partOf, type Part, type PartOf } from './everyone.ts'
import type { Verb } from './perform.ts'

/** What an entry of the record says, as far as it says it. */
export interface Said {
  readonly seq: number
  readonly at: number
  readonly subject: string | null
  readonly api: string
  readonly action: string
  /** What it was done to: its kind, id and name. */
  readonly target: string | null
  readonly id: string | null
  readonly name: string | null
  readonly version: number | null
  readonly outcome: string
  readonly reason: string | null
}

export interface SearchRecord extends Part {
  /** Only about the thing with this id; `null` for all. */
  readonly target: string | null
  /** Only by one of these, by e-mail address or name; `null` for everybody. */
  readonly by: readonly string[] | null
  /** Unix ms; `null` for no bound. */
  readonly from: number | null
  readonly until: number | null
  /** Which of those. Pure. */
  readonly where: (said: Said, account: Account) => boolean
}

export interface FoundEntry {
  readonly said: Said
  readonly subject: Subject | null
}

export interface RecordFound extends PartOf<FoundEntry> {
  readonly account: Account
}

/** How many entries one search looks at. */
const SEARCHED_MAX = 20_000
const PAGE = 1_000

/**
 * Searches the record of the caller's account, newest first: all of it for an admin, and for others
 * what they did themselves. It looks at the newest 20,000 entries, of the account or (`target`) about
 * one thing, and counts among those.
 */
export const searchRecord: Verb<SearchRecord, RecordFound, 'audit.query'> = {
  action: 'audit.query',
  fresh: () => true,
  async decide(core, caller, input) {
    const grant = authorize(caller, 'audit.query', { kind: 'self' }, null)
    if (!grant.ok) return { fault: grant.error }
    await core.sealer.seal()
    const find = finder(core, caller)
    const own = caller.subject.role === 'admin' ? null : caller.subject.id
    const account = await core.people.account(caller)
    const found: FoundEntry[] = []
    for await (const said of walk(core, caller, input)) {
      if (own !== null && said.subject !== own) continue
      if (!input.where(said, account)) continue
      const subject = await find(said.subject)
      if (input.by === null || (subject !== null && isOneOf(subject, input.by))) {
        found.push({ said, subject })
      }
    }
    const list = { account, ...partOf(found, input) }
    return { grant: grant.value, writes: [], answer: () => list }
  },
}

const isOneOf = ({ email, name }: Subject, slugs: readonly string[]): boolean =>
  slugs.includes(email ?? name)

/** The entries between two moments, newest first. */
async function* walk(
  core: Core,
  { account }: Caller,
  { target, from, until }: SearchRecord,
): AsyncGenerator<Said> {
  let before = Number.MAX_SAFE_INTEGER
  for (let seen = 0; seen < SEARCHED_MAX;) {
    const rows = await core.database.log.query({ account, target, before, limit: PAGE })
    for (const row of rows) {
      const said = read(row)
      if ((until === null || said.at <= until) && (from === null || said.at >= from)) yield said
    }
    seen += rows.length
    const last = rows.at(-1)
    // Places are those of arrival, which is the order of time but for what came at once.
    if (last === undefined || rows.length < PAGE || read(last).at < (from ?? 0) - SLACK_MS) return
    before = last.seq
  }
}

/** How far the order of arrival may differ from that of time. */
const SLACK_MS = 60_000

function read({ seq, record }: LogEntry): Said {
  const said = JSON.parse(record) as Partial<Said> & Pick<Said, 'at' | 'api' | 'action' | 'outcome'>
  return {
    ...{ seq, at: said.at, api: said.api, action: said.action, outcome: said.outcome },
    ...{ subject: said.subject ?? null, target: said.target ?? null, id: said.id ?? null },
    ...{ name: said.name ?? null, version: said.version ?? null, reason: said.reason ?? null },
  }
}

/** Finds subjects by the ids in the record, each once; also those that were removed. */
function finder(core: Core, { account }: Caller): (raw: string | null) => Promise<Subject | null> {
  const known = new Map<SubjectId, Subject | null>()
  return async (raw) => {
    const id = raw === null ? null : parseId<'subject'>(raw)
    if (id === null) return null
    const warm = known.get(id)
    if (warm !== undefined) return warm
    const subject = await core.database.reads.subject(account, id)
    known.set(id, subject)
    return subject
  }
}
