import assert from 'node:assert/strict'
import { hash, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { emptyRoot, Frontier, frontierYields, leafHash, nodeHash, rootOf } from './merkle.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

// The reference leaves and roots of Certificate Transparency's own tests (RFC 6962, section 2.1).
const LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
]
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]
const hashes = LEAVES.map((leaf) => leafHash(Buffer.from(leaf, 'hex')))

test('agrees with the reference roots of 0 to 8 leaves', () => {
  assert.equal(ROOTS.length, 9)
  const frontier = new Frontier()
  ROOTS.forEach((root, size) => {
    assert.equal(frontier.size, size)
    assert.equal(hex(frontier.root()), root)
    assert.equal(hex(rootOf(hashes.slice(0, size))), root)
    const leaf = hashes[size]
    if (leaf !== undefined) frontier.append(leaf)
  })
  assert.equal(hex(emptyRoot()), ROOTS[0])
})

test('a leaf and an inner node are told apart by their first byte', () => {
  const [left = emptyRoot(), right = emptyRoot()] = hashes
  const joined = Buffer.concat([left, right])
  assert.deepEqual(
    leafHash(joined),
    hash('sha256', Buffer.concat([Buffer.of(0), joined]), 'buffer'),
  )
  const node = hash('sha256', Buffer.concat([Buffer.of(1), joined]), 'buffer')
  assert.deepEqual(nodeHash(left, right), node)
})

test('text is hashed as its UTF-8', () => {
  for (const text of ['', '{"v":1}', 'é😀', 'x'.repeat(10_000)]) {
    assert.deepEqual(leafHash(text), leafHash(Buffer.from(text)))
  }
})

test('the frontier agrees with the definition at every size to 300, restored each time', () => {
  const leaves: Uint8Array[] = []
  let frontier = new Frontier()
  for (let size = 0; size <= 300; size++) {
    const root = rootOf(leaves)
    const kept = frontier.serialise()
    assert.deepEqual(frontier.root(), root)
    assert.equal(frontierYields(size, kept, root), true)
    frontier = Frontier.restore(size, kept)
    const leaf = leafHash(randomBytes(8))
    leaves.push(leaf)
    frontier.append(leaf)
  }
})

test('refuses a frontier that is not of its size, and says no to another root', () => {
  const frontier = new Frontier()
  for (const leaf of hashes.slice(0, 7)) frontier.append(leaf)
  const kept = frontier.serialise()
  assert.equal(kept.length, 3 * 32)
  for (const size of [0, 1, 5, 8, 15, -1, 1.5, Number.NaN, 2 ** 53]) {
    assert.throws(() => Frontier.restore(size, kept), RangeError, String(size))
    assert.equal(frontierYields(size, kept, frontier.root()), false)
  }
  assert.throws(() => Frontier.restore(7, kept.subarray(1)), RangeError)
  const altered = Buffer.from(kept)
  altered[40] = (altered[40] ?? 0) ^ 1
  assert.equal(frontierYields(7, altered, frontier.root()), false)
  assert.equal(frontierYields(7, kept, emptyRoot()), false)
  assert.equal(frontierYields(7, kept, frontier.root().subarray(1)), false)
  assert.throws(() => frontier.append(Buffer.alloc(31)), RangeError)
})

test('counts past 2^32 leaves', () => {
  const size = 2 ** 40 + 1
  const frontier = Frontier.restore(size, randomBytes(64))
  frontier.append(leafHash('next'))
  assert.equal(frontier.size, size + 1)
  assert.equal(frontier.serialise().length, 64)
})
