import type { AccountId, SubjectId } from '#domain/ids.ts'
import type { Caller, Subject } from '#domain/subject.ts'
import type { Account, Reads } from '#ports/database.ts'

const SUBJECTS_MAX = 20_000
const ACCOUNTS_MAX = 10_000

interface Known {
  readonly authority: number
  readonly subject: Promise<Subject | null>
}

/**
 * Accounts and subjects as answers name them, kept warm. The name of an account never changes, and
 * every change of a subject raises the authority revision of its account: what was read under
 * the revision of this caller is true for as long as the caller's commit can succeed.
 */
export class People {
  readonly #reads: Reads
  readonly #accounts = new Map<AccountId, Account>()
  readonly #subjects = new Map<SubjectId, Known>()

  constructor(reads: Reads) {
    this.#reads = reads
  }

  /** The account of a caller; its `authority` may have moved on. Throws when there is none. */
  async account({ account: id }: Caller): Promise<Account> {
    const known = this.#accounts.get(id)
    if (known !== undefined) return known
    const account = await this.#reads.account(id)
    if (account === null) throw new Error('a caller has no account')
    if (this.#accounts.size >= ACCOUNTS_MAX) this.#accounts.clear()
    this.#accounts.set(id, account)
    return account
  }

  /** A subject of the caller's account, also one that was removed. */
  subject({ account, authority }: Caller, id: SubjectId): Promise<Subject | null> {
    const known = this.#subjects.get(id)
    if (known?.authority === authority) return this.#own(account, known)
    const fresh = { authority, subject: this.#reads.subject(account, id) }
    if (this.#subjects.size >= SUBJECTS_MAX) this.#subjects.clear()
    this.#subjects.set(id, fresh)
    fresh.subject.catch(() => this.#subjects.delete(id))
    return fresh.subject
  }

  async #own(account: AccountId, { subject }: Known): Promise<Subject | null> {
    const found = await subject
    return found?.account === account ? found : null
  }
}
