import type { SubjectRow, TeamRow, TokenRow } from '#database/rows.ts'
import type { WithSeal } from '#database/seals.ts'
import { statement } from '#database/statement.ts'

const SUBJECT = 'id, account_id, kind, role, name, email, state, created_at, seal'
const TEAM = 'id, account_id, name, created_at, created_by, seal'
const TOKEN =
  'id, account_id, subject_id, kind, form, key_id, name, scopes, created_at, expires_at, revoked_at, seal'

type SealedSubject = SubjectRow & WithSeal
type SealedTeam = TeamRow & WithSeal
type SealedToken = TokenRow & WithSeal

export type KnownTokenRow = SealedToken & {
  revision: number
  authority: number
  installation: string | null
  operator: string | null
  installation_seal: Uint8Array | null
} & {
  subject_kind: string
  role: string
  subject_name: string
  email: string | null
  state: string
  subject_created_at: number
  subject_account: string
  subject_seal: Uint8Array
  joined_account: string
  joined_subject: string
}

export const getTokenDigest = statement<{ key_id: string }, { digest: Uint8Array }>(
  'get-token-digest',
  'SELECT digest FROM token WHERE key_id = :key_id',
)

export const getKnownToken = statement<{ key_id: string }, KnownTokenRow>(
  'get-known-token',
  `SELECT t.id, t.account_id, t.subject_id, t.kind, t.form, t.key_id, t.name, t.scopes, t.created_at,
     t.expires_at, t.revoked_at, t.seal, t.revision, a.authority,
     i.id AS installation, i.operator, i.seal AS installation_seal,
     s.account_id AS subject_account, s.seal AS subject_seal, s.kind AS subject_kind, s.role, s.name AS subject_name, s.email, s.state,
     s.created_at AS subject_created_at, a.id AS joined_account, s.id AS joined_subject
   FROM token t
   JOIN account a ON a.id = t.account_id
   JOIN subject s ON s.id = t.subject_id
   LEFT JOIN installation i ON i.only_row = 1
   WHERE t.key_id = :key_id`,
)

export const getSubject = statement<{ account: string; id: string }, SealedSubject>(
  'get-subject',
  `SELECT ${SUBJECT} FROM subject WHERE account_id = :account AND id = :id`,
)

export const getSubjectByEmail = statement<{ account: string; email: string }, SealedSubject>(
  'get-subject-by-email',
  `SELECT ${SUBJECT} FROM subject
   WHERE account_id = :account AND email = :email AND state <> 'removed' AND email IS NOT NULL`,
)

export const listSubjects = statement<
  { account: string; after: string; limit: number },
  SealedSubject
>(
  'list-subjects',
  `SELECT ${SUBJECT} FROM subject
   WHERE account_id = :account AND id > :after ORDER BY id LIMIT :limit`,
)

export const addSubject = statement<SealedSubject>(
  'add-subject',
  `INSERT INTO subject (${SUBJECT})
   VALUES (:id, :account_id, :kind, :role, :name, :email, :state, :created_at, :seal)`,
)

/** Finds no row of another account or kind: those never change, and the seal covers them. */
export const changeSubject = statement<Omit<SealedSubject, 'created_at'>>(
  'change-subject',
  `UPDATE subject SET role = :role, state = :state, name = :name, email = :email, seal = :seal
   WHERE id = :id AND account_id = :account_id AND kind = :kind`,
)

export const getTeam = statement<{ account: string; id: string }, SealedTeam>(
  'get-team',
  `SELECT ${TEAM} FROM team WHERE account_id = :account AND id = :id AND deleted_at IS NULL`,
)

export const listTeams = statement<{ account: string; after: string; limit: number }, SealedTeam>(
  'list-teams',
  `SELECT ${TEAM} FROM team
   WHERE account_id = :account AND deleted_at IS NULL AND id > :after ORDER BY id LIMIT :limit`,
)

export const addTeam = statement<SealedTeam>(
  'add-team',
  `INSERT INTO team (${TEAM}) VALUES (:id, :account_id, :name, :created_at, :created_by, :seal)`,
)

export const removeTeam = statement<{ id: string; at: number }>(
  'remove-team',
  `UPDATE team SET deleted_at = :at WHERE id = :id AND deleted_at IS NULL`,
)

export type MemberRow = { team_id: string; subject_id: string; manager: number } & WithSeal

export const teamsOfSubject = statement<{ subject: string }, MemberRow>(
  'teams-of-subject',
  `SELECT m.team_id, m.subject_id, m.manager, m.seal FROM team_member m JOIN team t ON t.id = m.team_id
   WHERE m.subject_id = :subject AND t.deleted_at IS NULL ORDER BY m.team_id`,
)

export const listMembers = statement<
  { team: string; after: string; limit: number },
  SealedSubject & Omit<MemberRow, 'seal'> & { added_at: number; member_seal: Uint8Array }
>(
  'list-members',
  `SELECT s.id, s.account_id, s.kind, s.role, s.name, s.email, s.state, s.created_at, s.seal,
     m.team_id, m.subject_id, m.manager, m.seal AS member_seal, m.added_at
   FROM team_member m JOIN subject s ON s.id = m.subject_id
   WHERE m.team_id = :team AND m.subject_id > :after AND s.state <> 'removed'
   ORDER BY m.subject_id LIMIT :limit`,
)

export const addMember = statement<MemberRow & { at: number }>(
  'add-member',
  `INSERT INTO team_member (team_id, subject_id, added_at, manager, seal)
   VALUES (:team_id, :subject_id, :at, :manager, :seal)`,
)

export const changeMember = statement<MemberRow>(
  'change-member',
  `UPDATE team_member SET manager = :manager, seal = :seal
   WHERE team_id = :team_id AND subject_id = :subject_id`,
)

export const removeMember = statement<{ team: string; subject: string }>(
  'remove-member',
  `DELETE FROM team_member WHERE team_id = :team AND subject_id = :subject`,
)

export const removeMembers = statement<{ team: string }>(
  'remove-members',
  `DELETE FROM team_member WHERE team_id = :team`,
)

export const getToken = statement<{ account: string; id: string }, SealedToken>(
  'get-token',
  `SELECT ${TOKEN} FROM token WHERE id = :id AND account_id = :account`,
)

export const listTokens = statement<{ subject: string; after: string; limit: number }, SealedToken>(
  'list-tokens',
  `SELECT ${TOKEN} FROM token WHERE subject_id = :subject AND id > :after ORDER BY id LIMIT :limit`,
)

export const addToken = statement<Omit<SealedToken, 'revoked_at'> & { digest: Uint8Array }>(
  'add-token',
  `INSERT INTO token
     (id, account_id, subject_id, kind, form, key_id, digest, name, scopes, created_at, expires_at,
      seal, revision)
   VALUES (:id, :account_id, :subject_id, :kind, :form, :key_id, :digest, :name, :scopes,
     :created_at, :expires_at, :seal, 1)`,
)

export const shortenToken = statement<{ id: string; expires_at: number | null } & WithSeal>(
  'shorten-token',
  `UPDATE token SET expires_at = :expires_at, seal = :seal, revision = revision + 1
   WHERE id = :id AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > :expires_at)`,
)

/** `none` takes the place of the digest: nothing a bearer shows has it, whatever `revoked_at` says. */
export const revokeToken = statement<{ id: string; at: number; none: Uint8Array }>(
  'revoke-token',
  `UPDATE token SET revoked_at = :at, digest = :none, revision = revision + 1
   WHERE id = :id AND revoked_at IS NULL`,
)
