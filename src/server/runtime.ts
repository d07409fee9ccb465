import { BadSetting } from './config.ts'

/**
 * Throws `BadSetting` where the runtime was told to write down what it does: it writes the bytes that
 * come in as well, before anything here sees them, and cannot be told to stop.
 */
export function checkRuntime(env: Readonly<Record<string, string | undefined>>): void {
  if ((env['NODE_DEBUG'] ?? '') === '') return
  throw new BadSetting('NODE_DEBUG has Node write values and tokens to standard error: unset it')
}
