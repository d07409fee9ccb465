// The offline verifier (verify*.ts) may use #crypto: it rests on nothing that a server says.
import type { CheckpointFault } from '#crypto/checkpoint.ts'
import type { VerifierKey } from '#crypto/note.ts'
import { err } from '#domain/result.ts'

/** An entry as the log holds it. */
export interface LogRow {
  readonly seq: number
  readonly account_id: string | null
  readonly target_id: string | null
  readonly record: string
}

/** A checkpoint as the log holds it. */
export interface CheckpointRow {
  readonly size: number
  readonly note: string
  readonly frontier: Uint8Array
}

/** Where entries under one key stand in the log, as the log holds it. */
export interface PlaceRow {
  readonly key: string
  readonly first_seq: number
  /** Their numbers, ascending, eight bytes each. */
  readonly seqs: Uint8Array
}

export type Rows<T> = Iterable<T> | AsyncIterable<T>

export interface LogToVerify {
  /** In the order of `seq`. */
  readonly entries: Rows<LogRow>
  /** In the order of `size`. */
  readonly checkpoints: Rows<CheckpointRow>
  /** In the order of `first_seq`. */
  readonly places: Rows<PlaceRow>
  /** The note of a checkpoint that was kept outside of the log. */
  readonly kept: string | null
  readonly key: VerifierKey
}

/** What holds. */
export interface Verified {
  readonly entries: number
  /** Entries that a checkpoint closes. */
  readonly sealed: number
  readonly checkpoints: number
  /** Places that lead to the sealed entries. */
  readonly places: number
  /** The root over the sealed entries, base64; as the newest checkpoint has it. */
  readonly root: string
  /** The size of the checkpoint kept outside. */
  readonly kept: number | null
}

/** The first thing that does not hold. */
export interface Trouble {
  readonly kind:
    | 'edited'
    | 'deleted'
    | 'reordered'
    | 'cut'
    | 'bad_signature'
    | 'other_log'
    | 'no_checkpoint'
    | 'place_missing'
    | 'place_extra'
    | 'place_astray'
    | 'malformed'
    | 'other_entry'
    | 'not_in_log'
    | 'not_grown'
  /** The first and last entry that may be meant. */
  readonly from: number
  readonly to: number
  readonly message: string
}

/** Something the tree must agree with once it has `size` leaves. */
export interface Head {
  readonly size: number
  readonly note: string
  /** `null` for the checkpoint kept outside. */
  readonly frontier: Uint8Array | null
}

export const trouble = (kind: Trouble['kind'], from: number, to: number, message: string) =>
  err({ kind, from, to, message })

/** What is wrong with a checkpoint of a log that has `size` entries by then. */
export function signatureTrouble(what: string, size: number, fault: CheckpointFault) {
  switch (fault) {
    case 'malformed':
      return trouble('edited', size, size, `${what} is not the text of a checkpoint`)
    case 'other_origin':
      return trouble('other_log', size, size, `${what} is one of another log`)
    case 'not_signed_by_key':
      return trouble('bad_signature', size, size, `${what} is not signed by the log's key`)
    case 'bad_signature':
      return trouble('bad_signature', size, size, `the signature of ${what} does not hold`)
  }
}

/** What a checkpoint is called in a sentence. */
export const called = ({ size, frontier }: Head): string =>
  frontier === null ? 'the checkpoint kept outside' : `the checkpoint of size ${size}`
