import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs'

/** The bytes that a process has for itself in memory: what it may write to and no file stands behind. */
export function* memoryOf(pid: number): Generator<Buffer> {
  if (!existsSync(`/proc/${pid}/maps`)) return
  const regions = readFileSync(`/proc/${pid}/maps`, 'utf8').matchAll(
    /^([0-9a-f]+)-([0-9a-f]+) rw-p \S+ 00:00 0 *(\[heap\]|\[anon.*\])?$/gm,
  )
  const memory = openSync(`/proc/${pid}/mem`, 'r')
  try {
    for (const [, from = '', to = ''] of regions) {
      const start = Number(`0x${from}`)
      const bytes = Buffer.alloc(Number(`0x${to}`) - start)
      // What is set aside and was never touched cannot be read.
      const read = attempt(() => readSync(memory, bytes, 0, bytes.length, start))
      if (read > 0) yield bytes.subarray(0, read)
    }
  } finally {
    closeSync(memory)
  }
}

function attempt(read: () => number): number {
  try {
    return read()
  } catch {
    return 0
  }
}
