import { SecretValue } from '#domain/secret-value.ts'
import { builtByCargo } from './cargo.ts'
import { startWatched, type Watched } from './watched.ts'

const folder = new URL('aws-emulator', import.meta.url).pathname

/** What it knows at the door (`aws-emulator/src/keys.rs`). */
export const EMULATOR_KEYS = {
  lasting: 'AKIASTRONGROOMTESTER',
  expired: 'ASIASTRONGROOMBEFORE',
  secret: 'the-key-of-the-emulator-forty-characters',
} as const

/** A key whose signature it does not look at: what stands between changes what was signed. */
export const UNSIGNED_KEY = SecretValue.fromText(
  JSON.stringify({ access_key_id: 'test', secret_access_key: 'x'.repeat(40) }),
)

/**
 * Builds the other emulator of AWS, which is right where moto is not: labels, sizes, names, deletion,
 * pages and signatures. Gives what starts it, in memory, or why it cannot be had.
 */
export async function awsEmulator(): Promise<
  { readonly start: () => Promise<Watched> } | { readonly why: string }
> {
  const built = await builtByCargo('aws-emulator', folder)
  if ('why' in built) return built
  const start = () =>
    startWatched({
      name: 'aws-emulator',
      command: built.program,
      args: (port) => [String(port)],
      // Whatever it answers, it is there.
      isReady: (url) => fetch(url).then(() => true),
    })
  return { start }
}
