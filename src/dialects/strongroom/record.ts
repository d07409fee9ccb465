import { ok } from '#domain/result.ts'
import { proveEntry, proveGrowth, type Proof } from '#core/proofs.ts'
import { closeRecord, queryRecord } from '#core/record.ts'
import { rewrapKeys, rotateRootKey, type Rewrapped } from '#core/root-keys.ts'
import { route, type Route } from '#dialects/dialect.ts'
import { isoTime } from '#dialects/schema.ts'
import type { LogEntry } from '#ports/database.ts'
import * as schemas from './schemas.ts'
import * as shapes from './shapes.ts'

const LIMIT_DEFAULT = 100

const entry = ({ seq, record }: LogEntry) => ({
  seq,
  ...(JSON.parse(record) as Record<string, unknown>),
})

const texts = (hashes: readonly Uint8Array[]) =>
  hashes.map((hash) => Buffer.from(hash).toString('base64'))

const proven = ({ checkpoint: { size, note }, hashes }: Proof) => ({
  ...{ size, note },
  hashes: texts(hashes),
})

/** A place in the log; what is no number is where nothing is. */
const placeOf = (text: string): number => (/^[1-9][0-9]{0,15}$/.test(text) ? Number(text) : 0)

const rewrapped = ({ fingerprint, keys }: Rewrapped) => ({ fingerprint, keys })

export const recordRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/strongroom/v1/audit',
    operationId: 'queryAudit',
    summary: 'The record of the account, newest first; `target` is the id of one thing',
    tag: 'Audit',
    query: schemas.entriesQuery,
    success: { status: 200, schema: schemas.pageOf(schemas.Entry) },
    verb: queryRecord,
    decode: ({ query: { target = null, before = null, limit = LIMIT_DEFAULT } }) =>
      ok({ target, before, limit }),
    encode: ({ entries, more }) => shapes.page(entries.map(entry), more, ({ seq }) => String(seq)),
  }),
  route({
    method: 'GET',
    path: '/strongroom/v1/audit/:seq/proof',
    operationId: 'proveAuditEntry',
    summary: 'An entry as it was written, and the proof that it is in the log (RFC 9162, 2.1.3)',
    ...{ tag: 'Audit', params: schemas.params('seq'), query: schemas.entryProofQuery },
    success: { status: 200, schema: schemas.EntryProof },
    verb: proveEntry,
    decode: ({ params, query: { from = null } }) => ok({ seq: placeOf(params.seq), from }),
    encode: ({ entry: { seq, record }, growth, ...proof }) => ({
      ...{ seq, record },
      ...proven(proof),
      ...(growth === null ? {} : { growth: texts(growth) }),
    }),
  }),
  route({
    method: 'GET',
    path: '/strongroom/v1/audit/growth',
    operationId: 'proveAuditGrowth',
    summary: 'The proof that the log begins with what it was at a smaller size (RFC 9162, 2.1.4)',
    ...{ tag: 'Audit', query: schemas.growthQuery },
    success: { status: 200, schema: schemas.GrowthProof },
    verb: proveGrowth,
    decode: ({ query: { from } }) => ok({ from }),
    encode: proven,
  }),
  route({
    method: 'POST',
    path: '/strongroom/v1/audit/checkpoint',
    operationId: 'closeAudit',
    summary: 'Close the log over everything so far, and get the signed checkpoint to keep',
    tag: 'Audit',
    success: { status: 200, schema: schemas.Checkpoint },
    verb: closeRecord,
    decode: () => ok(null),
    encode: ({ size, note, at }) => ({ size, note, made_at: isoTime(at) }),
  }),
  route({
    method: 'POST',
    path: '/strongroom/v1/keys/rewrap',
    operationId: 'rewrapKeys',
    summary: 'Wrap every account key under the root key in use',
    tag: 'Keys',
    success: { status: 200, schema: schemas.Rewrapped },
    verb: rewrapKeys,
    decode: () => ok(null),
    encode: rewrapped,
  }),
  route({
    method: 'POST',
    path: '/strongroom/v1/keys/rotate',
    operationId: 'rotateRootKey',
    summary: 'Take a new root key into use, and wrap every account key under it',
    tag: 'Keys',
    success: { status: 200, schema: schemas.Rewrapped },
    verb: rotateRootKey,
    decode: () => ok(null),
    encode: rewrapped,
  }),
]
