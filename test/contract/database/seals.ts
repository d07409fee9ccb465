import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { SEALED, type SealedTable } from '#database/seals.ts'
import type { Database, Reads } from '#ports/database.ts'
import { settleRights, type Rights } from './rights.ts'
import { anyProof } from './rows.ts'

/** A database with another way into it, as somebody has who may write to it. */
export interface Written {
  readonly database: Database
  /** The same database, by a vault that does not look at seals. */
  readonly careless: Database
  readonly sql: (text: string) => Promise<void>
}

export type OpenWritten = () => Promise<Written>

type Cell = string | number | null
type Row<T extends SealedTable> = Readonly<Record<(typeof SEALED)[T][number], Cell>>

/** A row of rights, what each column of it could be made to say, and all that reads it. */
interface Case<T extends SealedTable> {
  readonly row: Row<T>
  readonly others: Row<T>
  readonly looks: (reads: Reads, row: Row<T>) => readonly Promise<unknown>[]
}

type Cases = { readonly [T in SealedTable]: (rights: Rights) => Case<T> }

const PAGE = { after: '', limit: 9 }

const cases: Cases = {
  installation: ({ installation, other }) => ({
    row: { id: installation.id, operator: installation.operator },
    others: { id: other.account.id, operator: other.account.id },
    looks: (reads) => [reads.installation()],
  }),
  subject: ({ member, other, team, keyIds }) => ({
    row: {
      ...{ id: member.id, account_id: member.account, kind: member.kind, role: member.role },
      ...{ state: member.state, name: member.name, email: member.email },
    },
    others: {
      ...{ id: other.account.id, account_id: other.account.id, kind: 'service_account' },
      ...{ role: 'admin', state: 'suspended', name: 'another', email: 'another@example.com' },
    },
    looks: (reads, { id, account_id: account, email }) => [
      reads.subject(account as never, id as never),
      reads.subjectByEmail(account as never, email as never),
      reads.subjects(account as never, PAGE),
      reads.members(team.id, PAGE),
      reads.knownToken(keyIds.get(member.id) ?? '', anyProof),
    ],
  }),
  token: ({ admin, memberToken: token, other }) => ({
    row: {
      ...{ id: token.id, account_id: token.account, subject_id: token.subject, kind: token.kind },
      ...{ form: token.form, key_id: token.keyId, scopes: 'list', expires_at: token.expiresAt },
    },
    others: {
      ...{ id: other.account.id, account_id: other.account.id, subject_id: admin.id },
      ...{ kind: 'personal', form: 'jwt', key_id: 'another', scopes: null, expires_at: null },
    },
    looks: (reads, { id, account_id: account, subject_id: subject, key_id: keyId }) => [
      reads.token(account as never, id as never),
      reads.tokens(subject as never, PAGE),
      reads.knownToken(String(keyId), anyProof),
    ],
  }),
  team: ({ team, other }) => ({
    row: { id: team.id, account_id: team.account, name: team.name },
    others: { id: other.account.id, account_id: other.account.id, name: 'another' },
    looks: (reads, { id, account_id: account }) => [
      reads.team(account as never, id as never),
      reads.teams(account as never, PAGE),
    ],
  }),
  team_member: ({ team, otherTeam, member, admin, keyIds }) => ({
    row: { team_id: team.id, subject_id: member.id, manager: 0 },
    others: { team_id: otherTeam.id, subject_id: admin.id, manager: 1 },
    looks: (reads, { team_id: of, subject_id: subject }) => [
      reads.teamsOf(subject as never),
      reads.members(of as never, PAGE),
      reads.knownToken(keyIds.get(String(subject)) ?? '', anyProof),
    ],
  }),
  secret_group: ({ closed: group, member, other }) => ({
    row: {
      ...{ id: group.id, account_id: group.account, kind: group.kind, name: group.name },
      ...{ owner_kind: group.owner.kind, owner_id: group.owner.id, open_to_all: 0 },
    },
    others: {
      ...{ id: other.account.id, account_id: other.account.id, kind: 'environment', name: 'n' },
      ...{ owner_kind: 'subject', owner_id: member.id, open_to_all: 1 },
    },
    looks: (reads, { id, account_id: account, kind, name, owner_id: owner }) => [
      reads.group(account as never, id as never),
      reads.anyGroup(account as never, id as never),
      reads.namedGroup(account as never, String(name)),
      reads.environment(owner as never, String(name)),
      ...(kind === 'named' ? [] : [reads.ownGroup(kind as never, owner as never)]),
      reads.groupsOf(owner as never, PAGE),
    ],
  }),
  collaborator: ({ closed, open, member, admin, keyIds }) => ({
    row: {
      ...{ group_id: closed.id, grantee_id: member.id, origin: 'direct' },
      ...{ grantee_kind: 'subject', role: 'viewer' },
    },
    others: {
      ...{ group_id: open.id, grantee_id: admin.id, origin: 'a binding' },
      ...{ grantee_kind: 'team', role: 'admin' },
    },
    looks: (reads, { group_id: group, grantee_id: grantee, origin }) => [
      reads.collaborators(group as never),
      reads.collaborationsFrom(String(origin)),
      reads.collaborationsOf(grantee as never),
      reads.knownToken(keyIds.get(String(grantee)) ?? '', anyProof),
    ],
  }),
  link: ({ link, open, other, closed, secrets: [, beside] }) => ({
    row: {
      ...{ id: link.id, account_id: closed.account, group_id: link.group, name: link.name },
      links_to: link.secret,
    },
    others: {
      ...{ id: other.account.id, account_id: other.account.id, group_id: open.id, name: 'n' },
      links_to: beside.id,
    },
    looks: (reads, { group_id: group, name, links_to: secret }) => [
      reads.link(group as never, secret as never),
      reads.linksTo(secret as never),
      reads.shown(group as never, String(name)),
      reads.search(group as never, String(name), PAGE),
      ...(['id', 'name', 'updated_at'] as const).map((sort) =>
        reads.secrets({ group: group as never, sort, descending: false, after: null, limit: 9 }),
      ),
    ],
  }),
  slug: ({ slug, member, team, other }) => ({
    row: { owner_id: member.id, account_id: member.account, slug },
    others: { owner_id: team.id, account_id: other.account.id, slug: 'another' },
    looks: (reads, { owner_id: owner, account_id: account, slug: word }) => [
      reads.slugOf(owner as never),
      reads.slugOwner(account as never, String(word)),
    ],
  }),
  login_challenge: ({ login: { code, publicKey, expiresAt } }) => ({
    row: { code, public_key: publicKey, expires_at: expiresAt },
    others: { code: 'another', public_key: 'another', expires_at: 99 },
    looks: (reads, { code: shown }) => [reads.loginChallenge(String(shown))],
  }),
}

const literal = (cell: Cell): string =>
  cell === null ? 'NULL' : typeof cell === 'number' ? String(cell) : `'${cell}'`

const where = (row: Readonly<Record<string, Cell>>): string =>
  Object.entries(row)
    .map(([column, cell]) => (cell === null ? `${column} IS NULL` : `${column} = ${literal(cell)}`))
    .join(' AND ')

/** What came of some readings: refused as damaged, nothing found, or something given. */
async function cameOf(looks: readonly Promise<unknown>[]) {
  const ends = await Promise.allSettled(looks)
  for (const end of ends) {
    if (end.status === 'rejected') assert.equal((end.reason as Error).name, 'DatabaseDown')
  }
  const found = ends.filter((end) => end.status === 'fulfilled').map(({ value }) => value)
  const isNothing = (value: unknown) =>
    value === null || (Array.isArray(value) && value.length === 0)
  const given = found.filter((value) => !isNothing(value)).length
  return { given, refused: ends.length - found.length }
}

async function exerciseRow<T extends SealedTable>(
  { database, careless, sql }: Written,
  table: T,
  { row, others, looks }: Case<T>,
): Promise<void> {
  const named = table === 'link' ? 'secret' : table
  const whole = async () => {
    const { given, refused } = await cameOf(looks(database.reads, row))
    assert.ok(given > 0 && refused === 0, `${table}: ${given} given, ${refused} refused`)
  }
  const columns: readonly (typeof SEALED)[T][number][] = SEALED[table]
  for (const column of columns) {
    const changed = { ...row, [column]: others[column] }
    await whole()
    await sql(`UPDATE ${named} SET ${column} = ${literal(others[column])} WHERE ${where(row)}`)
    const seen = await cameOf(looks(database.reads, changed))
    assert.equal(seen.given, 0, `${table}.${column}`)
    assert.ok(seen.refused > 0, `${table}.${column}`)
    const unseen = await cameOf(looks(careless.reads, changed))
    assert.ok(unseen.given > 0, `${table}.${column}: nobody reads it`)
    await sql(`UPDATE ${named} SET ${column} = ${literal(row[column])} WHERE ${where(changed)}`)
  }
  await whole()
}

/** Bytes that are no seal of this row: none at all, and the seal of another. */
async function exerciseSeal<T extends SealedTable>(
  { database, sql }: Written,
  table: T,
  { row, looks }: Case<T>,
  { admin }: Rights,
): Promise<void> {
  const named = table === 'link' ? 'secret' : table
  const none = database.engine === 'sqlite' ? `x''` : `''`
  for (const seal of [`(SELECT seal FROM subject WHERE id = '${admin.id}')`, none]) {
    await sql(`UPDATE ${named} SET seal = ${seal} WHERE ${where(row)}`)
    const seen = await cameOf(looks(database.reads, row))
    assert.equal(seen.given, 0, table)
    assert.ok(seen.refused > 0, table)
  }
}

type OnWritten = (what: string, body: (written: Written, rights: Rights) => Promise<void>) => void

const exerciseTable =
  <T extends SealedTable>(table: T, of: Cases[T]) =>
  async (written: Written, rights: Rights): Promise<void> => {
    const one: Case<T> = of(rights)
    await exerciseRow(written, table, one)
    await exerciseSeal(written, table, one, rights)
  }

function exerciseRevived(on: OnWritten): void {
  on('what was taken away is not given back by saying that it was not', async (written, rights) => {
    const { database, careless, sql } = written
    const { must, memberToken, link, team, member } = rights
    await must(
      { write: 'revoked-token', id: memberToken.id, at: 1 },
      { write: 'removed-link', id: link.id, at: 1 },
      { write: 'removed-team', id: team.id, at: 1 },
      { write: 'removed-members', team: team.id },
    )
    for (const table of ['secret', 'team']) await sql(`UPDATE ${table} SET deleted_at = NULL`)
    await sql('UPDATE token SET revoked_at = NULL')
    const isNone = (digest: Uint8Array) => digest.length === 0
    assert.equal((await database.reads.knownToken(memberToken.keyId, isNone))?.revokedAt, null)
    assert.equal((await careless.reads.linksTo(link.secret)).length, 1)
    await assert.rejects(database.reads.linksTo(link.secret), { name: 'DatabaseDown' })
    assert.equal((await database.reads.team(team.account, team.id))?.id, team.id)
    assert.deepEqual(await database.reads.teamsOf(member.id), [])
  })
}

function exerciseOperator(on: OnWritten): void {
  on('an account is not made the operator by a row', async ({ database, sql }, rights) => {
    const { installation, other, admin, keyIds } = rights
    const operator = async (subject: string) =>
      (await database.reads.knownToken(keyIds.get(subject) ?? '', anyProof))?.caller.operator
    assert.equal(await operator(admin.id), true)
    assert.equal(await operator(other.admin.id), false)
    await sql(`UPDATE installation SET operator = '${other.account.id}'`)
    await assert.rejects(operator(other.admin.id), { name: 'DatabaseDown' })
    assert.notEqual(installation.operator, other.account.id)
  })
}

/** What is said of rights by somebody who writes to the database: nothing of it is believed. */
export function exerciseSeals(label: string, open: OpenWritten): void {
  const on: OnWritten = (what, body) => {
    test(`${label}: ${what}`, async (t: TestContext) => {
      const written = await open()
      t.after(() => written.database.close())
      await body(written, await settleRights(written.database))
    })
  }
  for (const table of Object.keys(SEALED) as SealedTable[]) {
    on(
      `a row of ${table} that is not as it was written is not read`,
      exerciseTable(table, cases[table]),
    )
  }
  exerciseRevived(on)
  exerciseOperator(on)
}
