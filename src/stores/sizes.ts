import type { Problem } from '#domain/fault.ts'
import type { SecretValue } from '#domain/secret-value.ts'

/** What is wrong with the size of a value where a store takes 1 byte to `limit` bytes. */
export function sizeProblems({ size }: SecretValue, limit: number): readonly Problem[] {
  const at = ['body', 'value']
  if (size === 0) return [{ at, rule: 'too_short', limit: 1 }]
  return size <= limit ? [] : [{ at, rule: 'too_long', limit, unit: 'bytes' }]
}
