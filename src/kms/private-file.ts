import { mkdir, open, rename, unlink } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'

/** More than any of our files has: a longer one is the wrong file. */
const BYTES_MAX = 65_536
const OTHERS_MASK = 0o077

/** A root key cannot be had, and what to do about it. Says which file, never what is in it. */
export class RootKeyFault extends Error {
  override readonly name = 'RootKeyFault'
}

/**
 * The bytes of a file that nobody else may read, or `null` when there is none; the caller clears
 * them. Throws `RootKeyFault` for one that its group or the world may touch, that belongs to
 * another user, or that is no file or over 64 KiB.
 */
export async function readPrivateFile(path: string): Promise<Buffer | null> {
  const file = await openOrNull(path)
  if (file === null) return null
  try {
    await checkPrivate(file, path)
    const bytes = Buffer.allocUnsafeSlow(BYTES_MAX + 1)
    const size = await readAll(file, bytes)
    if (size > BYTES_MAX) throw new RootKeyFault(`${path}: too large`)
    return bytes.subarray(0, size)
  } finally {
    await file.close()
  }
}

/**
 * Makes a file that only its owner may read, durable on return. Gives false, and touches nothing,
 * when there is one already. Directories above it that are missing are made for the owner only.
 */
export async function createPrivateFile(path: string, text: string): Promise<boolean> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const file = await openNew(path)
  if (file === null) return false
  await fill(file, path, text)
  await syncDirectory(path)
  return true
}

/**
 * Puts `text` in the place of the file at once and durably: after a crash it is the old file or the
 * new one. `<path>.new` is both the draft and the lock: throws `RootKeyFault` while there is one.
 * `make` gives the new text, and what is given back; what it reads stays as it is meanwhile.
 */
export async function replacePrivateFile<T>(
  path: string,
  make: () => Promise<{ readonly text: string; readonly result: T }>,
): Promise<T> {
  const draft = `${path}.new`
  const file = await openNew(draft)
  if (file === null) {
    const help = 'if no change of root keys is under way, remove it and try again'
    throw new RootKeyFault(`${draft} is there: ${help}`)
  }
  let made: { readonly text: string; readonly result: T }
  try {
    made = await make()
  } catch (error) {
    await file.close()
    await unlink(draft)
    throw error
  }
  await fill(file, draft, made.text)
  await rename(draft, path)
  await syncDirectory(path)
  return made.result
}

async function fill(file: FileHandle, path: string, text: string): Promise<void> {
  try {
    await file.writeFile(text)
    await file.sync()
  } catch (error) {
    await unlink(path)
    throw error
  } finally {
    await file.close()
  }
}

async function checkPrivate(file: FileHandle, path: string): Promise<void> {
  const stat = await file.stat()
  if (!stat.isFile()) throw new RootKeyFault(`${path}: not a file`)
  // Where there are no users and modes (Windows), the directory's own protection has to do.
  const user = process.getuid?.()
  if (user === undefined) return
  if (stat.uid !== user && stat.uid !== 0) {
    throw new RootKeyFault(`${path} belongs to another user: chown ${user} ${path}`)
  }
  if ((stat.mode & OTHERS_MASK) !== 0) {
    throw new RootKeyFault(`${path} is open to others than its owner: chmod 600 ${path}`)
  }
}

async function readAll(file: FileHandle, into: Buffer): Promise<number> {
  let size = 0
  while (size < into.length) {
    const { bytesRead } = await file.read(into, size, into.length - size)
    if (bytesRead === 0) break
    size += bytesRead
  }
  return size
}

/** A rename or a new name is durable when its directory is. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const directory = await open(dirname(path), 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

async function openOrNull(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null
    throw new RootKeyFault(`${path}: cannot be read`, { cause: error })
  }
}

async function openNew(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'wx', 0o600)
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return null
    throw new RootKeyFault(`${path}: cannot be made`, { cause: error })
  }
}

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code
