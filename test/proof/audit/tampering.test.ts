import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { test } from 'node:test'
import { verifyLog } from '#cli/verify-log.ts'
import type { CheckpointRow } from '#cli/verify-words.ts'
import { signCheckpoint } from '#crypto/checkpoint.ts'
import { Frontier, leafHash } from '#crypto/merkle.ts'
import type { VerifierKey } from '#crypto/note.ts'
import { publicKeyOf, signingKey } from '#crypto/signing-key.ts'
import {
  checkpoint,
  entry,
  key,
  log,
  origin,
  placesOf,
  type SyntheticLog,
} from '#test/cli/synthetic-log.ts'
import { figures, sized } from '#test/support/tier.ts'
import { tamperings } from './tamperings.ts'

const TAMPERINGS = sized(2_000, 10_000)
const LONG = sized(100_000, 1_000_000)
const LONG_WITHIN_MS = sized(8_000, 60_000)

/** The verifier tries every order of a few entries: of short logs it can be asked more often. */
const ENTRIES_MAX = 48

interface Kept {
  readonly whole: SyntheticLog
  /** The size of the checkpoint that somebody keeps elsewhere, and what it says. */
  readonly size: number
  readonly note: string
}

/** A log of some length, closed here and there; its newest checkpoint is kept elsewhere too. */
function someLog(): Kept {
  const length = 8 + randomInt(ENTRIES_MAX)
  const sizes = new Set(Array.from({ length: 2 + randomInt(6) }, () => 4 + randomInt(length - 4)))
  const sorted = [...sizes].sort((a, b) => a - b)
  const size = sorted.at(-1) ?? length
  const whole = log(length, ...sorted)
  return { whole, size, note: checkpoint(whole.entries, size).note }
}

/** One more behind the newest checkpoint is as good as one that was just written: that is no tampering. */
const onlyLonger = (tampered: SyntheticLog, whole: SyntheticLog, size: number): boolean =>
  tampered.entries.length > whole.entries.length &&
  JSON.stringify(tampered.entries.slice(0, size)) === JSON.stringify(whole.entries.slice(0, size))

const same = (a: SyntheticLog, b: SyntheticLog): boolean =>
  JSON.stringify(a.entries) === JSON.stringify(b.entries) &&
  a.checkpoints.length === b.checkpoints.length &&
  a.checkpoints.every(
    ({ size, note, frontier }, n) =>
      size === b.checkpoints[n]?.size &&
      note === b.checkpoints[n].note &&
      Buffer.from(frontier).equals(b.checkpoints[n].frontier),
  ) &&
  JSON.stringify(a.places) === JSON.stringify(b.places)

test('any tampering shows against a checkpoint kept elsewhere', async (t) => {
  const names = Object.keys(tamperings)
  const unseen: string[] = []
  const kinds = new Map<string, number>()
  let done = 0
  for (let n = 0; done < TAMPERINGS; n++) {
    const { whole, size, note } = someLog()
    const name = names[n % names.length] ?? ''
    const tampered = tamperings[name]?.(whole, size) ?? whole
    // Two entries may say the same: then to exchange them is to do nothing.
    if (same(tampered, whole) || onlyLonger(tampered, whole, size)) continue
    done++
    const outcome = await verifyLog({ ...tampered, kept: note, key })
    if (outcome.ok) unseen.push(`${name}: ${whole.entries.length} entries, kept ${size}`)
    else kinds.set(outcome.error.kind, (kinds.get(outcome.error.kind) ?? 0) + 1)
  }
  figures(t, 'audit', {
    ...{ tamperings: done, ways: names.length, unseen: unseen.length },
    ...Object.fromEntries([...kinds].map(([kind, count]) => [`told as ${kind}`, count])),
  })
  assert.deepEqual(unseen, [])
})

test('a log that nobody touched holds; without what was kept elsewhere, a forger is not seen', async () => {
  for (let n = 0; n < 50; n++) {
    const { whole, size, note } = someLog()
    assert.ok((await verifyLog({ ...whole, kept: note, key })).ok)
    const forge = tamperings['a member is edited, all signed anew']
    const forged = forge?.(whole, size) ?? whole
    assert.ok(!same(forged, whole))
    assert.ok((await verifyLog({ ...forged, kept: null, key })).ok, 'the check sees what it cannot')
  }
})

/** A log as a server makes it: closed now and then while it grows. */
function grown(length: number, every: number): SyntheticLog & { readonly key: VerifierKey } {
  const signing = signingKey(new Uint8Array(32).fill(7))
  const tree = new Frontier()
  const checkpoints: CheckpointRow[] = []
  const sizes: number[] = []
  const entries = Array.from({ length }, (_, n) => entry(n + 1))
  for (const { seq, record } of entries) {
    tree.append(leafHash(record))
    if (seq % every !== 0) continue
    sizes.push(seq)
    const note = signCheckpoint(origin, seq, tree.root(), signing)
    checkpoints.push({ size: seq, note, frontier: tree.serialise() })
  }
  const places = placesOf(entries, sizes)
  return { entries, checkpoints, places, key: { name: origin, publicKey: publicKeyOf(signing) } }
}

test('a long log is verified in the time that is promised', async (t) => {
  const whole = grown(LONG, 1_000)
  const kept = whole.checkpoints.at(-1)?.note ?? null
  const since = performance.now()
  const outcome = await verifyLog({ ...whole, kept })
  const took = Math.round(performance.now() - since)
  assert.ok(outcome.ok)
  assert.equal(outcome.value.sealed, LONG)
  figures(t, 'audit', { entries: LONG, 'verified in ms': took, 'promised ms': LONG_WITHIN_MS })
  assert.ok(took < LONG_WITHIN_MS, `${took} ms`)
})
