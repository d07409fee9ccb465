// Makes the frozen vectors of an envelope format, once, when the format is first released:
//   node scripts/make-envelope-vectors.ts > test/vectors/envelope-v1.json
// Every later release must open them, so the file is never made anew. All input comes from one
// SHAKE-128 stream: who runs this against format 1 gets the same file.
import { createHash, createSecretKey } from 'node:crypto'
import { openValue, sealValue } from '#crypto/envelope.ts'
import type { ValuePlace } from '#crypto/envelope.ts'
import { formatId } from '#domain/ids.ts'
import type { Id } from '#domain/ids.ts'

const COUNT = 208
const SIZES = [0, 1, 7, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 255, 256, 257]
const LARGEST = 65_536

const outputLength = 1_000_000
const stream = createHash('shake128', { outputLength }).update('strongroom envelope v1').digest()
let at = 0
const take = (size: number): Buffer => {
  if (at + size > stream.length) throw new Error('the stream is too short')
  return stream.subarray(at, (at += size))
}
const takeId = <Kind extends string>(): Id<Kind> => {
  const time = 1_700_000_000_000 + take(4).readUInt32BE()
  return formatId<Kind>(time, BigInt(`0x${take(9).toString('hex')}`))
}

const vectors = Array.from({ length: COUNT }, (_, index) => {
  const raw = take(32)
  const generation = index % 5 === 4 ? take(4).readUInt32BE() : 1 + (index % 3)
  const key = { generation, key: createSecretKey(raw) }
  const place: ValuePlace = {
    installation: takeId(),
    account: takeId(),
    secret: takeId(),
    version: index % 7 === 6 ? Number.MAX_SAFE_INTEGER - index : 1 + index,
    store: 'embedded',
    file: index % 4 === 3,
  }
  const size = index === COUNT - 1 ? LARGEST : (SIZES[index % SIZES.length] ?? 0)
  const plaintext = take(size)
  const sealed = sealValue(key, place, plaintext, take)
  if (!plaintext.equals(openValue(key, place, sealed))) throw new Error('does not open')
  return {
    key: raw.toString('hex'),
    generation,
    ...place,
    plaintext: plaintext.toString('base64'),
    sealed: Buffer.from(sealed).toString('base64'),
  }
})

const lines = vectors.map((vector) => JSON.stringify(vector)).join(',\n')
process.stdout.write(`{"format":"strongroom envelope 1","vectors":[\n${lines}\n]}\n`)
