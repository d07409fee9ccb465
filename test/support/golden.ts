import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'

/**
 * Holds `text` against the file that was reviewed. `STRONGROOM_GOLDEN=write` writes the file anew,
 * and its diff is read in review.
 */
export function matchesGolden(file: URL, text: string): void {
  if (process.env['STRONGROOM_GOLDEN'] === 'write') writeFileSync(file, text)
  assert.equal(text, readFileSync(file, 'utf8'))
}
