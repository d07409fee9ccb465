// The verifier (verify*.ts) may use #crypto: it rests on nothing that a server says.
import { parseVerifierKey, type VerifierKey } from '#crypto/note.ts'
import { Failure } from './failure.ts'
import { readFileBytes } from './terminal.ts'

const FILE_MAX = 65_536

/** What the server takes when it is told nothing else. */
export const DATA_DEFAULT = './strongroom-data'

export const readText = async (path: string): Promise<string> =>
  Buffer.from(await readFileBytes(path, FILE_MAX)).toString('utf8')

/** The key as it was given, or from the file that the server keeps beside its data. */
export async function readKey(dataDir: string, given: string | undefined): Promise<VerifierKey> {
  const inline = given === undefined ? null : parseVerifierKey(given.trim())
  if (inline !== null) return inline
  const path = given ?? `${dataDir}.vkey`
  const key = parseVerifierKey((await readText(path)).trim())
  if (key === null)
    throw new Failure('there is no verifier key in the file, or its id is not its own')
  return key
}
