/** A file that may have no fault that goes unseen, and the tests that are to see it. */
export interface Guarded {
  readonly file: string
  readonly tests: readonly string[]
}

export interface Room {
  readonly name: string
  readonly files: readonly Guarded[]
}

const beside = (file: string): string => file.replace(/\.ts$/, '.test.ts')

const guarded = (file: string, ...more: readonly string[]): Guarded => ({
  file,
  tests: [beside(file), ...more],
})

const VERIFYING = 'test/cli/verify-log.test.ts'

/** What is refused for its size, in all of this room. */
const LIMITS = 'src/crypto/limits.test.ts'

/** What is left behind of keys. */
const CLEARED = 'src/crypto/cleared.test.ts'

/** What decides, what goes on the record and is proven of it, and what seals. */
export const ROOMS: readonly Room[] = [
  {
    name: 'authorization',
    files: [
      guarded('src/core/authorize.ts', 'src/core/authorize-refusals.test.ts'),
      guarded('src/core/group-grants.ts'),
    ],
  },
  {
    name: 'audit',
    files: [
      guarded('src/domain/audit.ts'),
      guarded('src/core/commit.ts'),
      guarded('src/core/sealer.ts'),
      ...['heads', 'log', 'places', 'tampering', 'walk', 'words'].map((part) => ({
        file: `src/cli/verify-${part}.ts`,
        tests: [VERIFYING],
      })),
    ],
  },
  {
    name: 'crypto',
    files: [
      ...['checkpoint', 'encode', 'jwt', 'login-key', 'merkle', 'note', 'proof', 'rights-mac'],
      ...['signing-key', 'wrap'],
    ]
      .map((part) => guarded(`src/crypto/${part}.ts`, LIMITS))
      .concat(
        ['derive', 'row-mac', 'token', 'xaes'].map((part) =>
          guarded(`src/crypto/${part}.ts`, LIMITS, CLEARED),
        ),
        guarded('src/crypto/envelope.ts', 'src/crypto/envelope-vectors.test.ts', LIMITS),
        guarded('src/crypto/gcm.ts', 'src/crypto/wycheproof.test.ts', LIMITS),
      ),
  },
]
