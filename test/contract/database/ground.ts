import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import type { Group } from '#domain/group.ts'
import type { Secret, SecretInfo } from '#domain/secret.ts'
import type { Subject } from '#domain/subject.ts'
import type {
  Account,
  Change,
  Committed,
  Database,
  LogEntry,
  Resting,
  Token,
  Write,
} from '#ports/database.ts'
import { aGroup, anAccount, anEntry, aSecret, aSubject, aToken, aVersion } from './rows.ts'

export type Open = () => Promise<Database>

export const COMMITTED: Committed = { kind: 'committed' }
export const ROW_MOVED: Committed = { kind: 'row_moved' }
export const GROUND_MOVED: Committed = { kind: 'ground_moved' }

/** An account with an admin, the admin's token and the account's group. */
export interface Ground {
  readonly database: Database
  readonly account: Account
  readonly admin: Subject
  readonly token: Token
  readonly digest: Uint8Array
  readonly group: Group
  /** What a decision about the admin rests on, as it is at the start. */
  readonly resting: Resting
  /** Commits these writes with one entry in the record. */
  try(...writes: Write[]): Promise<Committed>
  /** The same, and it must be committed. */
  must(...writes: Write[]): Promise<void>
  /** The same, and it must be refused in this way, with nothing of it written. */
  refused(as: Committed, ...writes: Write[]): Promise<void>
  /** Makes secrets of these names, each with a first version. */
  secrets(into: Group, ...names: string[]): Promise<Secret[]>
}

export async function groundIn(database: Database): Promise<Ground> {
  const account = anAccount()
  const admin = aSubject(account.id, { role: 'admin' })
  const token = aToken(admin)
  const digest = randomBytes(32)
  const group = aGroup(admin, 'account')
  const attempt = (...writes: Write[]) => database.commit(changeOf(account, writes))
  const must = async (...writes: Write[]) => assert.deepEqual(await attempt(...writes), COMMITTED)
  await must(
    { write: 'account', row: account },
    { write: 'subject', row: admin },
    { write: 'token', row: token, digest },
    { write: 'group', row: group },
  )
  return {
    ...{ database, account, admin, token, digest, group, must },
    resting: { account: account.id, authority: 1, token: token.id, revision: 1, secret: null },
    try: attempt,
    async refused(as, ...writes) {
      const before = await wholeLog(database)
      assert.deepEqual(await attempt(...writes), as)
      assert.deepEqual(await wholeLog(database), before, 'the record of what was not done')
    },
    async secrets(into, ...names) {
      const rows = names.map((name) => aSecret(into, { name }))
      for (const row of rows) await must(...creating(row))
      return rows
    },
  }
}

export type OnGround = (what: string, body: (ground: Ground) => Promise<void>) => void

/** A test on an account of its own in a database of its own. */
export const onGround =
  (label: string, open: Open): OnGround =>
  (what, body) => {
    test(`${label}: ${what}`, async (t) => {
      const database = await open()
      t.after(() => database.close())
      await body(await groundIn(database))
    })
  }

export const changeOf = (account: Account, writes: readonly Write[]): Change => ({
  entries: [anEntry(account.id)],
  resting: null,
  writes,
})

/** What creating a secret writes. */
export const creating = (row: Secret): Write[] => [
  { write: 'secret', row },
  { write: 'version', row: aVersion(row) },
  { write: 'group-size', group: row.group, by: 1 },
]

/** What deleting a secret writes. */
export const deleting = (row: Secret, at: number): Write[] => [
  { write: 'changed-secret', row: { ...row, deletedAt: at, revision: row.revision + 1 } },
  { write: 'destroyed-versions', secret: row.id, at },
  { write: 'group-size', group: row.group, by: -1 },
]

/** What a list tells of a secret. */
export function infoOf({ rowMac, ...info }: Secret): SecretInfo {
  assert.ok(rowMac.length > 0)
  return info
}

export const taken = (thing: (Committed & { kind: 'taken' })['thing']): Committed => ({
  kind: 'taken',
  thing,
})

export async function wholeLog({ log }: Database): Promise<readonly LogEntry[]> {
  await log.settle()
  return log.range(1, 1_000_000)
}

/** The same with every array of bytes as a Buffer: the two drivers give different kinds of them. */
export function plain<T>(value: T): T {
  if (value instanceof Uint8Array) return Buffer.from(value) as unknown as T
  if (Array.isArray(value)) return value.map(plain) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value as Record<string, unknown>).map(([name, part]) => [name, plain(part)]),
  ) as T
}

/** Equal, whichever kind of byte array and whichever prototype the rows have. */
export const same = (actual: unknown, expected: unknown, message?: string): void =>
  message === undefined
    ? assert.deepEqual(plain(actual), plain(expected))
    : assert.deepEqual(plain(actual), plain(expected), message)
