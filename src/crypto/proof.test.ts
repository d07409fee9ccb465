import assert from 'node:assert/strict'
import { test } from 'node:test'
import { leafHash, nodeHash, rootOf } from './merkle.ts'
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
  const [noLeaf, noGrowth] = ['the tree has no such leaf', 'a tree only grows']
  await assert.rejects(inclusionProof(5, 5, subtree), { name: 'RangeError', message: noLeaf })
  await assert.rejects(inclusionProof(-1, 5, subtree), { name: 'RangeError', message: noLeaf })
  await assert.rejects(consistencyProof(0, 5, subtree), { name: 'RangeError', message: noGrowth })
  await assert.rejects(consistencyProof(6, 5, subtree), { name: 'RangeError', message: noGrowth })
  assert.ok(!isIncluded({ index: 5, leaf: other, size: 5, root: other }, []))
  assert.ok(!isConsistent({ size: 6, root: other }, { size: 5, root: other }, []))
  assert.ok(!isConsistent({ size: 3, root: other }, { size: 5, root: other }, []))
})

const [a, b, c, d] = [leafHash('a'), leafHash('b'), leafHash('c'), leafHash('d')]

test('hashes that lead to the root by another way than the place of the leaf show nothing', () => {
  const included = (index: number, size: number, root: Uint8Array, ...proof: Uint8Array[]) =>
    isIncluded({ index, leaf: a, size, root }, proof)
  assert.ok(included(0, 1, a))
  assert.ok(!included(-1, 1, a), 'before the first')
  assert.ok(!included(1, 1, a), 'behind the last')
  assert.ok(!included(0, 2, a), 'a root as a leaf of a larger tree')
  assert.ok(!included(0, 1, nodeHash(b, a), b), 'a tree of one leaf has no sibling')
})

test('hashes that lead to both roots by another way than the sizes say show no growth', () => {
  const grown = (
    [old, before]: readonly [number, Uint8Array],
    [size, after]: readonly [number, Uint8Array],
    ...proof: Uint8Array[]
  ) => isConsistent({ size: old, root: before }, { size, root: after }, proof)
  const after = nodeHash(c, nodeHash(a, b))
  assert.ok(grown([3, nodeHash(c, a)], [4, after], a, b, c))
  assert.ok(!grown([3, a], [4, a], a), 'too few')
  const above = [nodeHash(d, nodeHash(c, a)), nodeHash(d, after)] as const
  assert.ok(!grown([3, above[0]], [4, above[1]], a, b, c, d), 'too many')
  const five = nodeHash(nodeHash(nodeHash(a, b), c), d)
  assert.ok(!grown([0, a], [5, five], a, b, c, d), 'from nothing')
  assert.ok(!grown([6, nodeHash(b, a)], [5, nodeHash(b, a)], a, b), 'to less')
  assert.ok(grown([5, a], [5, a]))
  assert.ok(!grown([5, a], [5, a], b), 'the same needs no hash')
  assert.ok(!grown([3, a], [4, a]), 'no hash at all')
})

test('what is not as long as a hash is none, and never thrown over', async () => {
  const root = rootAt(7)
  const proof = await inclusionProof(3, 7, subtree)
  const growth = await consistencyProof(3, 7, subtree)
  const [old, now] = [
    { size: 3, root: rootAt(3) },
    { size: 7, root },
  ]
  for (const length of [0, 31, 33, 65, 1_000]) {
    const resized = (hashes: readonly Uint8Array[], at: number) =>
      hashes.with(at, Buffer.concat([hashes[at] ?? a, Buffer.alloc(1_000)]).subarray(0, length))
    for (const at of proof.keys()) {
      const leaf = leaves[3] ?? other
      assert.ok(!isIncluded({ index: 3, leaf, size: 7, root }, resized(proof, at)), `${length}`)
    }
    for (const at of growth.keys()) assert.ok(!isConsistent(old, now, resized(growth, at)))
  }
})
