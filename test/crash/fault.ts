import { chmodSync, closeSync, openSync, readSync, writeFileSync, writeSync } from 'node:fs'

/** Where each number stands in the control file: the same order as in fault.c. */
const AT = { writes: 0, full: 4, part: 8, flushes: 12, failures: 16 } as const

const CONTROL_BYTES = 20

export interface FaultOptions {
  /** The compiled `fault.c`. */
  readonly library: string
  /** A file that the running process looks at. */
  readonly control: string
  /** Whether what failed says that it was done, as to a vault that looks at no error. */
  readonly hidden?: boolean
  /** The paths of the files that are counted, as a pattern; all of SQLite's by default. */
  readonly counted?: string
}

/** A disk that fills up or loses a flush when it is told to, while a process uses it. */
export class Fault {
  readonly library: string
  readonly #control: string
  readonly #hidden: boolean
  readonly #counted: string

  constructor({ library, control, hidden = false, counted = '*/strongroom.db*' }: FaultOptions) {
    this.library = library
    this.#control = control
    this.#hidden = hidden
    this.#counted = counted
    writeFileSync(control, Buffer.alloc(CONTROL_BYTES))
    // PostgreSQL may run as somebody else.
    chmodSync(control, 0o666)
  }

  environment(under: string): Readonly<Record<string, string>> {
    const hide = this.#hidden ? { FAULT_HIDE: '1' } : {}
    const counted = { FAULT_COUNTED: this.#counted }
    return { FAULT_CONTROL: this.#control, FAULT_UNDER: under, ...counted, ...hide }
  }

  /** The disk is full from the `n`th write to the database on; of that one this much still fits. */
  fillAt(n: number, fits: 'nothing' | 'half' | 'all'): void {
    this.#set('part', ['nothing', 'half', 'all'].indexOf(fits))
    this.#set('writes', n)
  }

  /** How many writes are left until the disk is full. */
  get left(): number {
    return this.#get('writes')
  }

  /** The `n`th flush of the database from now on fails. */
  loseFlush(n: number): void {
    this.#set('flushes', n)
  }

  /** There is space again, and nothing else is to go wrong. */
  mend(): void {
    for (const name of ['writes', 'flushes', 'full', 'failures'] as const) this.#set(name, 0)
  }

  /** Calls that failed since it was mended. */
  get failures(): number {
    return this.#get('failures')
  }

  #get(name: keyof typeof AT): number {
    const fd = openSync(this.#control, 'r')
    try {
      const number = Buffer.alloc(4)
      readSync(fd, number, 0, 4, AT[name])
      return number.readUInt32LE()
    } finally {
      closeSync(fd)
    }
  }

  #set(name: keyof typeof AT, value: number): void {
    const number = Buffer.alloc(4)
    number.writeUInt32LE(value)
    const fd = openSync(this.#control, 'r+')
    writeSync(fd, number, 0, 4, AT[name])
    closeSync(fd)
  }
}
