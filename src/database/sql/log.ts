import { statement, type NoParams } from '#database/statement.ts'

export type EntryRow = {
  seq: number
  account_id: string | null
  target_id: string | null
  record: string
}

export type CheckpointRow = { size: number; made_at: number; note: string; frontier: Uint8Array }

export type NewEntry = { account: string | null; target: string | null; record: string }

export const addEntry = statement<NewEntry>(
  'add-audit-entry',
  `INSERT INTO audit_entry (account_id, target_id, record) VALUES (:account, :target, :record)`,
)

/** The guard of every commit: writes no row once the token or the account's authority has moved. */
export const addGuardedEntry = statement<
  NewEntry & { of: string; authority: number; token: string; revision: number }
>(
  'add-guarded-audit-entry',
  `INSERT INTO audit_entry (account_id, target_id, record)
   SELECT :account, :target, :record
   WHERE EXISTS (SELECT 1 FROM token WHERE id = :token AND revision = :revision)
     AND EXISTS (SELECT 1 FROM account WHERE id = :of AND authority = :authority)`,
)

/** The same, for a decision that also rests on a secret that was read warm. */
export const addEntryOnSecret = statement<
  NewEntry & {
    of: string
    authority: number
    token: string
    revision: number
    secret: string
    secret_revision: number
  }
>(
  'add-audit-entry-on-secret',
  `INSERT INTO audit_entry (account_id, target_id, record)
   SELECT :account, :target, :record
   WHERE EXISTS (SELECT 1 FROM token WHERE id = :token AND revision = :revision)
     AND EXISTS (SELECT 1 FROM account WHERE id = :of AND authority = :authority)
     AND EXISTS (SELECT 1 FROM secret WHERE id = :secret AND revision = :secret_revision)`,
)

export const listEntries = statement<{ from: number; limit: number }, EntryRow>(
  'list-audit-entries',
  `SELECT seq, account_id, target_id, record FROM audit_entry
   WHERE seq >= :from ORDER BY seq LIMIT :limit`,
  (v) => ({
    seq: v[0] as number,
    account_id: v[1] as string | null,
    target_id: v[2] as string | null,
    record: v[3] as string,
  }),
)

export const getEntry = statement<{ seq: number }, EntryRow>(
  'get-audit-entry',
  `SELECT seq, account_id, target_id, record FROM audit_entry WHERE seq = :seq`,
)

export type PlaceRow = { key: string; first_seq: number; seqs: Uint8Array }

export const addPlace = statement<PlaceRow>(
  'add-audit-place',
  `INSERT INTO audit_place (key, first_seq, seqs) VALUES (:key, :first_seq, :seqs)`,
)

export const listPlaces = statement<{ key: string; before: number; limit: number }, PlaceRow>(
  'list-audit-places',
  `SELECT key, first_seq, seqs FROM audit_place
   WHERE key = :key AND first_seq < :before ORDER BY first_seq DESC LIMIT :limit`,
)

const CHECKPOINT = 'size, made_at, note, frontier'

export const lastCheckpoint = statement<NoParams, CheckpointRow>(
  'last-checkpoint',
  `SELECT ${CHECKPOINT} FROM audit_checkpoint WHERE size > 0 ORDER BY size DESC LIMIT 1`,
)

export const listCheckpoints = statement<{ size: number; limit: number }, CheckpointRow>(
  'list-checkpoints',
  `SELECT ${CHECKPOINT} FROM audit_checkpoint WHERE size > :size ORDER BY size LIMIT :limit`,
)

export const addCheckpoint = statement<CheckpointRow>(
  'add-checkpoint',
  `INSERT INTO audit_checkpoint (${CHECKPOINT}) VALUES (:size, :made_at, :note, :frontier)`,
)
