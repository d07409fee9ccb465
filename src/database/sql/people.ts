import type { SubjectRow, TeamRow, TokenRow } from '#database/rows.ts'
import { statement } from '#database/statement.ts'

const SUBJECT = 'id, account_id, kind, role, name, email, state, created_at'
const TEAM = 'id, account_id, name, created_at, created_by'
const TOKEN =
  'id, account_id, subject_id, kind, form, name, scopes, created_at, expires_at, revoked_at'

export type KnownTokenRow = TokenRow & {
  digest: Uint8Array
  revision: number
  authority: number
  operator: string | null
} & {
  subject_kind: string
  role: string
  subject_name: string
  email: string | null
  state: string
  subject_created_at: number
  joined_account: string
  joined_subject: string
}

export const getKnownToken = statement<{ key_id: string }, KnownTokenRow>(
  'get-known-token',
  `SELECT t.id, t.account_id, t.subject_id, t.kind, t.form, t.name, t.scopes, t.created_at, t.expires_at,
     t.revoked_at, t.digest, t.revision, a.authority, i.operator,
     s.kind AS subject_kind, s.role, s.name AS subject_name, s.email, s.state,
     s.created_at AS subject_created_at, a.id AS joined_account, s.id AS joined_subject
   FROM token t
   JOIN account a ON a.id = t.account_id
   JOIN subject s ON s.id = t.subject_id
   LEFT JOIN installation i ON i.only_row = 1
   WHERE t.key_id = :key_id`,
)

export const getSubject = statement<{ account: string; id: string }, SubjectRow>(
  'get-subject',
  `SELECT ${SUBJECT} FROM subject WHERE account_id = :account AND id = :id`,
)

export const getSubjectByEmail = statement<{ account: string; email: string }, SubjectRow>(
  'get-subject-by-email',
  `SELECT ${SUBJECT} FROM subject
   WHERE account_id = :account AND email = :email AND state <> 'removed' AND email IS NOT NULL`,
)

export const listSubjects = statement<
  { account: string; after: string; limit: number },
  SubjectRow
>(
  'list-subjects',
  `SELECT ${SUBJECT} FROM subject
   WHERE account_id = :account AND id > :after ORDER BY id LIMIT :limit`,
)

export const addSubject = statement<SubjectRow>(
  'add-subject',
  `INSERT INTO subject (${SUBJECT})
   VALUES (:id, :account_id, :kind, :role, :name, :email, :state, :created_at)`,
)

export const changeSubject = statement<{
  id: string
  role: string
  state: string
  name: string
  email: string | null
}>(
  'change-subject',
  `UPDATE subject SET role = :role, state = :state, name = :name, email = :email WHERE id = :id`,
)

export const getTeam = statement<{ account: string; id: string }, TeamRow>(
  'get-team',
  `SELECT ${TEAM} FROM team WHERE account_id = :account AND id = :id AND deleted_at IS NULL`,
)

export const listTeams = statement<{ account: string; after: string; limit: number }, TeamRow>(
  'list-teams',
  `SELECT ${TEAM} FROM team
   WHERE account_id = :account AND deleted_at IS NULL AND id > :after ORDER BY id LIMIT :limit`,
)

export const addTeam = statement<TeamRow>(
  'add-team',
  `INSERT INTO team (${TEAM}) VALUES (:id, :account_id, :name, :created_at, :created_by)`,
)

export const removeTeam = statement<{ id: string; at: number }>(
  'remove-team',
  `UPDATE team SET deleted_at = :at WHERE id = :id AND deleted_at IS NULL`,
)

export const teamsOfSubject = statement<{ subject: string }, { team_id: string }>(
  'teams-of-subject',
  `SELECT m.team_id FROM team_member m JOIN team t ON t.id = m.team_id
   WHERE m.subject_id = :subject AND t.deleted_at IS NULL ORDER BY m.team_id`,
)

export const listMembers = statement<
  { team: string; after: string; limit: number },
  SubjectRow & { added_at: number; manager: number }
>(
  'list-members',
  `SELECT s.id, s.account_id, s.kind, s.role, s.name, s.email, s.state, s.created_at, m.added_at,
     m.manager
   FROM team_member m JOIN subject s ON s.id = m.subject_id
   WHERE m.team_id = :team AND m.subject_id > :after AND s.state <> 'removed'
   ORDER BY m.subject_id LIMIT :limit`,
)

export const addMember = statement<{
  team: string
  subject: string
  at: number
  manager: number
}>(
  'add-member',
  `INSERT INTO team_member (team_id, subject_id, added_at, manager)
   VALUES (:team, :subject, :at, :manager)`,
)

export const changeMember = statement<{ team: string; subject: string; manager: number }>(
  'change-member',
  `UPDATE team_member SET manager = :manager WHERE team_id = :team AND subject_id = :subject`,
)

export const removeMember = statement<{ team: string; subject: string }>(
  'remove-member',
  `DELETE FROM team_member WHERE team_id = :team AND subject_id = :subject`,
)

export const getToken = statement<{ account: string; id: string }, TokenRow>(
  'get-token',
  `SELECT ${TOKEN} FROM token WHERE id = :id AND account_id = :account`,
)

export const listTokens = statement<{ subject: string; after: string; limit: number }, TokenRow>(
  'list-tokens',
  `SELECT ${TOKEN} FROM token WHERE subject_id = :subject AND id > :after ORDER BY id LIMIT :limit`,
)

export const addToken = statement<
  Omit<TokenRow, 'revoked_at'> & { key_id: string; digest: Uint8Array }
>(
  'add-token',
  `INSERT INTO token
     (id, account_id, subject_id, kind, form, key_id, digest, name, scopes, created_at, expires_at,
      revision)
   VALUES (:id, :account_id, :subject_id, :kind, :form, :key_id, :digest, :name, :scopes,
     :created_at, :expires_at, 1)`,
)

export const shortenToken = statement<{ id: string; expires_at: number }>(
  'shorten-token',
  `UPDATE token SET expires_at = :expires_at, revision = revision + 1
   WHERE id = :id AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > :expires_at)`,
)

export const revokeToken = statement<{ id: string; at: number }>(
  'revoke-token',
  `UPDATE token SET revoked_at = :at, revision = revision + 1
   WHERE id = :id AND revoked_at IS NULL`,
)
