import { parseArgs } from 'node:util'
import type { Command, Flag } from './command.ts'
import { Misuse } from './failure.ts'

export interface Asked {
  readonly args: readonly string[]
  readonly flags: Readonly<Record<string, string | boolean | readonly string[] | undefined>>
  readonly rest: readonly string[]
  readonly json: boolean
}

type Shape = Pick<Command, 'args' | 'rest' | 'flags' | 'extra'> & { readonly name: string }

const everywhere: Readonly<Record<string, Flag>> = {
  json: { doc: 'Answer in JSON, for programs.' },
}

/** An option's name that a typing error could make; anything else may be a value, and is not told. */
const OPTION_WORD = /^--?[a-z][a-z-]{0,20}$/

/** The arguments of a command. Throws `Misuse`, which never repeats what might be a value. */
export function readArguments(shape: Shape, argv: readonly string[]): Asked {
  const behind = shape.rest?.startsWith('--') === true
  const { before, after } = behind ? split(shape, argv) : { before: argv, after: [] }
  const { positionals, given } = parse(shape, before)
  const { args } = shape
  const words = positionals.slice(0, args.length)
  const extra = positionals.slice(args.length)
  const missing = args[words.length]
  if (missing !== undefined) throw misuse(shape, `${missing} is missing`)
  if (behind && extra.length > 0) throw misuse(shape, 'put -- before the command to run')
  if (extra.length > 0 && shape.rest === null) {
    throw misuse(shape, shape.extra ?? 'there is an argument too many')
  }
  return {
    args: words,
    flags: Object.fromEntries(
      Object.entries(shape.flags).map(([name, flag]) => [
        name,
        collected(shape, name, flag, given),
      ]),
    ),
    rest: behind ? after : extra,
    json: given.has('json'),
  }
}

function misuse({ name }: Shape, why: string): Misuse {
  return new Misuse(`${name}: ${why} (try: strongroom ${name} --help)`)
}

function split(shape: Shape, argv: readonly string[]) {
  const at = argv.indexOf('--')
  if (at < 0 || at + 1 === argv.length) {
    throw misuse(shape, 'the command to run is missing: put it behind --')
  }
  return { before: argv.slice(0, at), after: argv.slice(at + 1) }
}

function parse(shape: Shape, argv: readonly string[]) {
  const known = new Map(Object.entries({ ...shape.flags, ...everywhere }))
  const options = Object.fromEntries(
    [...known].map(([name, { takes }]) => [
      name,
      { type: takes === undefined ? ('boolean' as const) : ('string' as const) },
    ]),
  )
  // Not strict: its errors may repeat what was typed, and that may be a value.
  const { tokens, positionals } = parseArgs({
    ...{ args: [...argv], options, strict: false, tokens: true },
    allowPositionals: true,
  })
  const given = new Map<string, string[]>()
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    const flag = known.get(token.name)
    if (flag === undefined) throw misuse(shape, unknown(token.rawName))
    const { value = '' } = token
    const mistaken = token.inlineValue !== true && /^-./.test(value)
    if (flag.takes === undefined && token.inlineValue === true) {
      throw misuse(shape, `${token.rawName} takes no value`)
    }
    if (flag.takes !== undefined && (token.value === undefined || mistaken)) {
      throw misuse(shape, `${token.rawName} takes ${flag.takes}`)
    }
    given.set(token.name, [...(given.get(token.name) ?? []), value])
  }
  return { positionals, given }
}

const unknown = (raw: string): string =>
  OPTION_WORD.test(raw) ? `there is no option ${raw}` : 'there is an option it does not have'

function collected(
  shape: Shape,
  name: string,
  { takes, many, required }: Flag,
  given: ReadonlyMap<string, readonly string[]>,
): Asked['flags'][string] {
  const values = given.get(name) ?? []
  if (takes === undefined) return values.length > 0
  if (required === true && values.length === 0) throw misuse(shape, `--${name} ${takes} is missing`)
  if (many === true) return values
  if (values.length > 1) throw misuse(shape, `--${name} is given twice`)
  return values[0]
}
