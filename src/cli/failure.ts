/** What a command cannot do, told to the person in one sentence. Never holds a value. Exit code 1. */
export class Failure extends Error {
  override readonly name: string = 'Failure'
  readonly exitCode: number

  constructor(message: string, exitCode = 1) {
    super(message)
    this.exitCode = exitCode
  }
}

/** A command that was not asked as it must be. Exit code 2. */
export class Misuse extends Failure {
  override readonly name = 'Misuse'

  constructor(message: string) {
    super(message, 2)
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'not allowed',
  EPERM: 'not allowed',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is not a folder',
  ENOSPC: 'the disk is full',
  EROFS: 'the file system takes no changes',
}

/** The code of a system error, or `null`. */
export const codeOf = (error: unknown): string | null =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null

/** Why the system refused, in words; for errors of files and processes. */
export function whySystem(error: unknown): string {
  const code = codeOf(error)
  return code === null ? 'for an unknown reason' : (reasons[code] ?? code)
}
