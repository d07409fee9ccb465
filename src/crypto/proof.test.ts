import assert from 'node:assert/strict'
import { test } from 'node:test'
import { leafHash, rootOf } from './merkle.ts'
import { consistencyProof, inclusionProof, isConsistent, isIncluded } from './proof.ts'

const leaves = Array.from({ length: 70 }, (_, n) => leafHash(`entry ${n}`))
const subtree = (from: number, to: number) => Promise.resolve(rootOf(leaves.slice(from, to)))
const rootAt = (size: number) => rootOf(leaves.slice(0, size))

const other = leafHash('another')

test('every leaf of every tree is shown to be in it, at its own place only', async () => {
  for (let size = 1; size <= leaves.length; size++) {
    for (let index = 0; index < size; index++) {
      const [leaf, root] = [leaves[index] ?? other, rootAt(size)]
      const proof = await inclusionProof(index, size, subtree)
      assert.ok(isIncluded({ index, leaf, size, root }, proof), `${index} of ${size}`)
      assert.ok(!isIncluded({ index, leaf: other, size, root }, proof))
      assert.ok(!isIncluded({ index, leaf, size, root: other }, proof))
      assert.ok(!isIncluded({ index, leaf, size, root }, [...proof, other]))
      if (size > 1) assert.ok(!isIncluded({ index: (index + 1) % size, leaf, size, root }, proof))
      if (proof.length > 0) {
        assert.ok(!isIncluded({ index, leaf, size, root }, proof.slice(1)))
        assert.ok(!isIncluded({ index, leaf, size, root }, [other, ...proof.slice(1)]))
      }
    }
  }
})

test('every tree is shown to begin with every smaller one, and with no other', async () => {
  for (let size = 1; size <= leaves.length; size++) {
    for (let old = 1; old <= size; old++) {
      const [before, now] = [
        { size: old, root: rootAt(old) },
        { size, root: rootAt(size) },
      ]
      const proof = await consistencyProof(old, size, subtree)
      assert.ok(isConsistent(before, now, proof), `${old} of ${size}`)
      assert.ok(!isConsistent({ size: old, root: other }, now, proof))
      assert.ok(!isConsistent(before, { size, root: other }, proof))
      assert.ok(!isConsistent(before, now, [...proof, other]))
      if (proof.length > 0) {
        assert.ok(!isConsistent(before, now, proof.slice(1)))
        assert.ok(!isConsistent(before, now, [...proof.slice(0, -1), other]))
      }
    }
  }
})

test('there is no proof of what is not there', async () => {
  await assert.rejects(inclusionProof(5, 5, subtree), RangeError)
  await assert.rejects(inclusionProof(-1, 5, subtree), RangeError)
  await assert.rejects(consistencyProof(0, 5, subtree), RangeError)
  await assert.rejects(consistencyProof(6, 5, subtree), RangeError)
  assert.ok(!isIncluded({ index: 5, leaf: other, size: 5, root: other }, []))
  assert.ok(!isConsistent({ size: 6, root: other }, { size: 5, root: other }, []))
  assert.ok(!isConsistent({ size: 3, root: other }, { size: 5, root: other }, []))
})
