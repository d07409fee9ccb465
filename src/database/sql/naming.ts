import type { LoginChallengeRow, RoleBindingRow } from '#database/rows.ts'
import type { WithSeal } from '#database/seals.ts'
import { statement, type NoParams } from '#database/statement.ts'

/** Role bindings, manifests, slugs and logins. */

const BINDING = 'id, account_id, name, created_at, created_by, updated_at'

export const getRoleBinding = statement<{ account: string; name: string }, RoleBindingRow>(
  'get-role-binding',
  `SELECT ${BINDING} FROM role_binding WHERE account_id = :account AND name = :name`,
)

export const addRoleBinding = statement<RoleBindingRow>(
  'add-role-binding',
  `INSERT INTO role_binding (${BINDING})
   VALUES (:id, :account_id, :name, :created_at, :created_by, :updated_at)`,
)

/** Two changes within one millisecond still differ. */
export const changeRoleBinding = statement<{ id: string; from: number; at: number }>(
  'change-role-binding',
  `UPDATE role_binding SET updated_at = CASE WHEN :at > updated_at THEN :at ELSE updated_at + 1 END
   WHERE id = :id AND updated_at = :from`,
)

export const removeRoleBinding = statement<{ id: string }>(
  'remove-role-binding',
  `DELETE FROM role_binding WHERE id = :id`,
)

export const getManifest = statement<{ owner: string }, { body: string }>(
  'get-manifest',
  `SELECT body FROM manifest WHERE owner_id = :owner`,
)

export const putManifest = statement<{ owner: string; body: string }>(
  'put-manifest',
  `INSERT INTO manifest (owner_id, body) VALUES (:owner, :body)
   ON CONFLICT (owner_id) DO UPDATE SET body = excluded.body`,
)

export const removeManifest = statement<{ owner: string }>(
  'remove-manifest',
  `DELETE FROM manifest WHERE owner_id = :owner`,
)

export type SlugRow = { owner_id: string; account_id: string; slug: string } & WithSeal

const SLUG = 'owner_id, account_id, slug, seal'

export const getSlug = statement<{ owner: string }, SlugRow>(
  'get-slug',
  `SELECT ${SLUG} FROM slug WHERE owner_id = :owner`,
)

export const getSlugOwner = statement<{ account: string; slug: string }, SlugRow>(
  'get-slug-owner',
  `SELECT ${SLUG} FROM slug WHERE account_id = :account AND slug = :slug`,
)

export const putSlug = statement<SlugRow>(
  'put-slug',
  `INSERT INTO slug (${SLUG}) VALUES (:owner_id, :account_id, :slug, :seal)
   ON CONFLICT (owner_id) DO UPDATE SET slug = excluded.slug, seal = excluded.seal`,
)

export const removeSlug = statement<{ owner: string }>(
  'remove-slug',
  `DELETE FROM slug WHERE owner_id = :owner`,
)

const LOGIN = 'code, status_digest, public_key, created_at, expires_at, result, seal'

export const getLoginChallenge = statement<{ code: string }, LoginChallengeRow & WithSeal>(
  'get-login-challenge',
  `SELECT ${LOGIN} FROM login_challenge WHERE code = :code`,
)

/** Few enough to count: `removeLogins` goes before each that is added. */
export const countLoginChallenges = statement<NoParams, { waiting: number }>(
  'count-login-challenges',
  `SELECT COUNT(*) AS waiting FROM login_challenge WHERE expires_at > 0`,
)

export const addLoginChallenge = statement<LoginChallengeRow & WithSeal>(
  'add-login-challenge',
  `INSERT INTO login_challenge (${LOGIN})
   VALUES (:code, :status_digest, :public_key, :created_at, :expires_at, :result, :seal)`,
)

export const approveLogin = statement<{ code: string; result: Uint8Array }>(
  'approve-login',
  `UPDATE login_challenge SET result = :result WHERE code = :code AND result IS NULL`,
)

export const removeLogins = statement<{ before: number }>(
  'remove-logins',
  `DELETE FROM login_challenge WHERE expires_at < :before`,
)
