// The offline verifier (verify*.ts) may use #crypto: it rests on nothing that a server says.
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { VerifierKey } from '#crypto/note.ts'
import type { Context } from './command.ts'
import { count, facts } from './text.ts'
import { DATA_DEFAULT, readKey, readText } from './verify-kept.ts'
import { verifyLog } from './verify-log.ts'
import { withPostgresLog, withSqliteLog } from './verify-source.ts'
import type { Trouble, Verified } from './verify-words.ts'

export interface Offline {
  readonly data: string | undefined
  readonly database: string | undefined
  readonly checkpoint: string | undefined
  readonly key: string | undefined
}

/** The checkpoint that was kept, or the copy that the server keeps beside its data, if it is there. */
async function readKept(dataDir: string, given: string | undefined): Promise<string | null> {
  const path = given ?? `${dataDir}.checkpoint`
  if (given === undefined && !existsSync(path)) return null
  return readText(path)
}

/** Proves a whole log without a server; tells the outcome, and gives the exit code. */
export async function verifyOffline(context: Context, asked: Offline): Promise<number> {
  const { env } = context.terminal
  const dataDir = resolve(asked.data ?? env['STRONGROOM_DATA'] ?? DATA_DEFAULT)
  const url = asked.database ?? (asked.data === undefined ? env['STRONGROOM_DATABASE'] : undefined)
  const key = await readKey(dataDir, asked.key)
  // Before the log: a server that runs only ever makes the log longer than this.
  const kept = await readKept(dataDir, asked.checkpoint)
  const open = url === undefined || url === '' ? withSqliteLog : withPostgresLog
  const place = url === undefined || url === '' ? join(dataDir, 'strongroom.db') : url
  const { outcome, unplaced } = await open(place, async (source) => ({
    outcome: await verifyLog({ ...source, kept, key }),
    unplaced: source.unplaced,
  }))
  if (!outcome.ok) return failed(context, outcome.error)
  showVerified(context, { ...outcome.value, entries: outcome.value.entries + unplaced }, key)
  return 0
}

function failed({ terminal, show }: Context, { kind, from, to, message }: Trouble): number {
  show({ ok: false, kind, from, to, message }, () => '')
  terminal.say(`strongroom: the log does not hold: ${message}`)
  return 1
}

function showVerified({ terminal, show }: Context, verified: Verified, key: VerifierKey): void {
  const { entries, sealed, checkpoints, places, root, kept } = verified
  const unsealed = entries - sealed
  const data = {
    ok: true,
    log: key.name,
    entries,
    sealed,
    unsealed,
    checkpoints,
    places,
    root,
    kept,
  }
  show(data, () =>
    facts({
      log: key.name,
      entries: `${entries}, each in its place`,
      checkpoints: `${checkpoints}, each signed and true`,
      places: `${places}, each leading to its entry`,
      root: `${root} over ${count(sealed, 'entry', 'entries')}`,
      'kept outside': kept === null ? null : `a checkpoint of size ${kept}, true`,
      'not yet sealed': unsealed === 0 ? null : count(unsealed, 'entry', 'entries'),
    }),
  )
  if (kept === null) {
    terminal.say(
      'strongroom: note: without a checkpoint kept outside, a log cut at its end looks whole',
    )
  }
}
