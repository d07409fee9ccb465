import type { KeyObject } from 'node:crypto'
import { err, ok } from '#domain/result.ts'
import type { Result } from '#domain/result.ts'
import { HASH_BYTES } from './merkle.ts'
import { openNote, signNote } from './note.ts'
import type { NoteFault } from './note.ts'

/** A tree as a checkpoint tells of it. */
export interface TreeHead {
  /** How many leaves. */
  readonly size: number
  /** The root hash, 32 bytes. */
  readonly root: Uint8Array
}

/** Why a checkpoint is not to be believed. */
export type CheckpointFault = NoteFault | 'other_origin'

const TREE_SIZE = /^(?:0|[1-9][0-9]{0,15})$/

/**
 * A checkpoint (c2sp.org/tlog-checkpoint): origin, size and root, one line each, as a note signed by
 * an Ed25519 key whose name is the origin. Throws RangeError for an origin with a space, a plus or a
 * control character, a size that is not a whole number from 0 to 2^53 - 1, or a root that is not
 * 32 bytes.
 */
export function signCheckpoint(
  origin: string,
  size: number,
  root: Uint8Array,
  privateKey: KeyObject,
): string {
  if (!Number.isSafeInteger(size) || size < 0) throw new RangeError('not a tree size')
  if (root.length !== HASH_BYTES) throw new RangeError('a root hash has 32 bytes')
  const text = `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`
  return signNote(text, origin, privateKey)
}

/**
 * What a checkpoint says, when `publicKey` (Ed25519, 32 bytes) signed it under the name `origin`;
 * otherwise why not. Extension lines are refused: our log writes none, and nobody could audit them.
 * Never throws for any `note`.
 */
export function readCheckpoint(
  note: string,
  origin: string,
  publicKey: Uint8Array,
): Result<TreeHead, CheckpointFault> {
  const opened = openNote(note, { name: origin, publicKey })
  if (!opened.ok) return opened
  const [first, size = '', base64 = '', ...rest] = opened.value.split('\n')
  if (first !== origin) return err('other_origin')
  const root = Buffer.from(base64, 'base64')
  if (rest.length !== 1 || rest[0] !== '' || !TREE_SIZE.test(size)) return err('malformed')
  if (root.length !== HASH_BYTES || root.toString('base64') !== base64) return err('malformed')
  const leaves = Number(size)
  return Number.isSafeInteger(leaves) ? ok({ size: leaves, root }) : err('malformed')
}
