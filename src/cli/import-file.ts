import { isUtf8 } from 'node:buffer'
import { VALUE_BYTES_MAX } from '#domain/limits.ts'
import { SecretValue } from '#domain/secret-value.ts'
import { parseDotenv } from './dotenv.ts'
import { Failure } from './failure.ts'
import { readFileBytes } from './terminal.ts'
import { clean } from './text.ts'

const FILE_BYTES_MAX = 16 * 1024 * 1024

/** What a file holds under one name. */
export interface Given {
  readonly name: string
  readonly value: SecretValue
}

/**
 * What a `.env` file or an object of JSON holds, in its order. Throws `Failure`, which names names
 * and lines only.
 */
export async function readGiven(path: string): Promise<readonly Given[]> {
  const bytes = await readFileBytes(path, FILE_BYTES_MAX)
  if (!isUtf8(bytes)) throw new Failure(`${clean(path)} is not text`)
  const text = Buffer.from(bytes)
    .toString('utf8')
    .replace(/^\ufeff/, '')
  const pairs = text.trimStart().startsWith('{') ? parseObject(text) : parseDotenv(text)
  const seen = new Set<string>()
  return pairs.map(([name, said]) => {
    if (seen.has(name)) throw new Failure(`${clean(name)} is there twice`)
    seen.add(name)
    const value = SecretValue.fromText(said)
    if (value.size <= VALUE_BYTES_MAX) return { name, value }
    throw new Failure(`the value of ${clean(name)} is larger than ${VALUE_BYTES_MAX} bytes`)
  })
}

function parseObject(text: string): readonly (readonly [string, string])[] {
  return Object.entries(parsed(text)).map(([name, value]) => {
    if (typeof value === 'string') return [name, value] as const
    throw new Failure(`the value of ${clean(name)} is not a text: put it in quotes`)
  })
}

function parsed(text: string): object {
  try {
    return JSON.parse(text) as object
  } catch {
    throw new Failure('the file begins as an object of JSON, and is none')
  }
}
