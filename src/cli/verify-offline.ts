// The offline verifier (verify*.ts) may use #crypto: it rests on nothing that a server says.
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseVerifierKey, type VerifierKey } from '#crypto/note.ts'
import type { Context } from './command.ts'
import { Failure } from './failure.ts'
import { readFileBytes } from './terminal.ts'
import { count, facts } from './text.ts'
import { verifyLog } from './verify-log.ts'
import { withPostgresLog, withSqliteLog } from './verify-source.ts'
import type { Trouble, Verified } from './verify-words.ts'

const FILE_MAX = 65_536

/** What the server takes when it is told nothing else. */
const DATA_DEFAULT = './strongroom-data'

export interface Offline {
  readonly data: string | undefined
  readonly database: string | undefined
  readonly checkpoint: string | undefined
  readonly key: string | undefined
}

const readText = async (path: string): Promise<string> =>
  Buffer.from(await readFileBytes(path, FILE_MAX)).toString('utf8')

/** The key as it was given, or from the file that the server keeps beside its data. */
async function readKey(dataDir: string, given: string | undefined): Promise<VerifierKey> {
  const inline = given === undefined ? null : parseVerifierKey(given.trim())
  if (inline !== null) return inline
  const path = given ?? `${dataDir}.vkey`
  const key = parseVerifierKey((await readText(path)).trim())
  if (key === null)
    throw new Failure('there is no verifier key in the file, or its id is not its own')
  return key
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
  const { entries, sealed, checkpoints, root, kept } = verified
  const unsealed = entries - sealed
  const data = { ok: true, log: key.name, entries, sealed, unsealed, checkpoints, root, kept }
  show(data, () =>
    facts({
      log: key.name,
      entries: `${entries}, each in its place`,
      checkpoints: `${checkpoints}, each signed and true`,
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
