import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { segments } from './session.ts'

const part = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }),
  fc.constantFrom('.', '..', '%2e%2e', '%2f', '?', '#', ';', '\\', ' ', '%00', '\u0000', '@', ':'),
)
const path = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/'))

/** What stands beneath the mount in the path that is really asked for. */
const askedIn = (text: string): readonly string[] | null => {
  const url = new URL(`https://vault.example/v1/secret/data/${text}?version=1`)
  assert.equal(url.origin, 'https://vault.example')
  assert.equal(url.search, '?version=1')
  assert.equal(url.hash, '')
  const prefix = '/v1/secret/data/'
  assert.ok(url.pathname.startsWith(prefix), url.pathname)
  return url.pathname.slice(prefix.length).split('/')
}

// Bug class 76: CVE-2021-21321.
test('Vault: whatever a path holds, it is asked for beneath its mount, part by part', () => {
  let refused = 0
  fc.assert(
    fc.property(path, (text) => {
      let spelled: string
      try {
        spelled = segments(text)
      } catch (error) {
        assert.ok(error instanceof Error && error.name === 'StoreFault')
        assert.ok(text.split('/').some((one) => /^\.{0,2}$/.test(one)))
        refused += 1
        return
      }
      assert.deepEqual(askedIn(spelled)?.map(decodeURIComponent), text.split('/'))
    }),
    { numRuns: 10_000 },
  )
  assert.ok(refused > 100)
})
