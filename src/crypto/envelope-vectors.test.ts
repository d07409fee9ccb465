import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { openValue, sealValue } from './envelope.ts'
import type { ValuePlace } from './envelope.ts'

interface Vectors {
  readonly format: string
  readonly vectors: readonly (ValuePlace & {
    readonly key: string
    readonly generation: number
    readonly plaintext: string
    readonly sealed: string
  })[]
}

const url = new URL(import.meta.resolve('#test/vectors/envelope-v1.json'))
const frozen = JSON.parse(readFileSync(url, 'utf8')) as Vectors

test('every release opens, and makes, what format 1 sealed', () => {
  assert.equal(frozen.format, 'strongroom envelope 1')
  assert.equal(frozen.vectors.length, 208)
  for (const vector of frozen.vectors) {
    const raw = Buffer.from(vector.key, 'hex')
    const key = { generation: vector.generation, key: createSecretKey(raw) }
    const sealed = Buffer.from(vector.sealed, 'base64')
    const plaintext = Buffer.from(vector.plaintext, 'base64')
    assert.deepEqual(Buffer.from(openValue(key, vector, sealed)), plaintext)
    const again = sealValue(key, vector, plaintext, () => sealed.subarray(2, 34))
    assert.deepEqual(Buffer.from(again), sealed)
  }
})
