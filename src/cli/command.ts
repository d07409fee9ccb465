import type { StrongroomClient } from '#client/client.ts'
import { readArguments } from './arguments.ts'
import type { Terminal } from './terminal.ts'

/** One option of a command. */
export interface Flag {
  /** What it takes, for the help; an option that takes nothing is a switch. */
  readonly takes?: string
  /** Whether it may be given more than once. */
  readonly many?: true
  readonly required?: true
  readonly doc: string
}

export type Flags = Readonly<Record<string, Flag>>

type GivenOf<F extends Flag> = F extends { takes: string }
  ? F extends { many: true }
    ? readonly string[]
    : F extends { required: true }
      ? string
      : string | undefined
  : boolean

/** The options as they were given. */
export type Given<F extends Flags> = { readonly [K in keyof F]: GivenOf<F[K]> }

/** What every command has at hand. */
export interface Context {
  readonly terminal: Terminal
  /** The vault that the environment or the login names. */
  readonly vault: () => StrongroomClient
  /** Tells the outcome: `data` as JSON with `--json`, else the text for people. */
  readonly show: (data: unknown, people: () => string) => void
}

interface Spec<F extends Flags, A extends readonly string[]> {
  readonly summary: string
  /** The names of what it is about, all needed. */
  readonly args: A
  /** What may follow: after `--` if the word begins so. */
  readonly rest?: string
  readonly flags: F
  /** Why there is no argument beyond `args`, where people might try one. */
  readonly extra?: string
  /** More for the help of this command. */
  readonly more?: string
  run(
    context: Context,
    asked: {
      readonly args: { readonly [K in keyof A]: string }
      readonly flags: Given<F>
      readonly rest: readonly string[]
      readonly json: boolean
    },
  ): Promise<number | undefined> | Promise<void>
}

/** A command with its types erased: what the table holds, and what help and dispatch read. */
export interface Command {
  readonly summary: string
  readonly args: readonly string[]
  readonly rest: string | null
  readonly flags: Flags
  readonly extra: string | null
  readonly more: string | null
  /** Reads the arguments and does it; gives the exit code. */
  run(context: Omit<Context, 'show'>, name: string, argv: readonly string[]): Promise<number>
}

/** Makes a command of its typed parts. */
export function command<const F extends Flags, const A extends readonly string[]>(
  spec: Spec<F, A>,
): Command {
  const { summary, args, flags, rest = null, extra = null, more = null } = spec
  return {
    ...{ summary, args, rest, flags, extra, more },
    async run(context, name, argv) {
      const asked = readArguments({ name, args, rest, flags, extra }, argv)
      const show = (data: unknown, people: () => string) =>
        context.terminal.write(asked.json ? `${JSON.stringify(data)}\n` : people())
      const code = await spec.run(
        { ...context, show },
        {
          ...asked,
          args: asked.args as { [K in keyof A]: string },
          flags: asked.flags as Given<F>,
        },
      )
      return code ?? 0
    },
  }
}

/** How a command is asked, such as `get NAME [--group G]`. */
export function usage(name: string, { args, rest, flags }: Command): string {
  const options = Object.entries(flags).map(([flag, { takes, many, required }]) => {
    const text = `--${flag}${takes === undefined ? '' : ` ${takes}`}${many === true ? ' ...' : ''}`
    return required === true ? text : `[${text}]`
  })
  return [name, ...args, ...options, ...(rest === null ? [] : [rest])].join(' ')
}
