import { readFileSync } from 'node:fs'
import { ApiError, BadConnection, Unreachable } from '#client/errors.ts'
import type { Command } from './command.ts'
import { commands } from './commands.ts'
import { Failure, Misuse } from './failure.ts'
import { family, helpOf, helpOfAll, helpOfFamily } from './help.ts'
import type { Terminal } from './terminal.ts'
import { findVault } from './vault.ts'

/** Does what the arguments ask; gives the exit code. Whatever goes wrong is one line of its own. */
export async function dispatch(argv: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await perform(argv, terminal)
  } catch (error) {
    terminal.say(`strongroom: ${told(error)}`)
    return error instanceof Failure ? error.exitCode : 1
  }
}

async function perform(argv: readonly string[], terminal: Terminal): Promise<number> {
  const [first = 'help', ...others] = argv
  if (first === '--version') return print(terminal, `${version()}\n`)
  if (first === 'help' || first === '--help' || first === '-h') return help(terminal, others)
  const found = find(argv)
  if (found === null) throw unknown(first)
  if (asksForHelp(found.rest)) return print(terminal, helpOf(found.name, found.command))
  const context = { terminal, vault: () => findVault(terminal.env) }
  return found.command.run(context, found.name, found.rest)
}

interface Found {
  readonly name: string
  readonly command: Command
  readonly rest: readonly string[]
}

/** The command that the first two words name, or the first alone. */
function find(argv: readonly string[]): Found | null {
  for (const words of [2, 1]) {
    const name = argv.slice(0, words).join(' ')
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined
    if (command !== undefined) return { name, command, rest: argv.slice(words) }
  }
  return null
}

function asksForHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  const own = end < 0 ? argv : argv.slice(0, end)
  return own.includes('--help') || own.includes('-h')
}

function help(terminal: Terminal, argv: readonly string[]): number {
  const words = argv.filter((word) => !word.startsWith('-'))
  if (words.length === 0) {
    if (!argv.includes('--json')) return print(terminal, helpOfAll(commands))
    const table = Object.entries(commands).map(([name, { summary }]) => ({ name, summary }))
    return print(terminal, `${JSON.stringify(table)}\n`)
  }
  const found = find(words)
  if (found?.rest.length === 0) return print(terminal, helpOf(found.name, found.command))
  const [first = ''] = words
  if (words.length > 1 || family(commands, first).length === 0) throw unknown(first)
  return print(terminal, helpOfFamily(commands, first))
}

/** A word that no command could be called by is not told: it may be a value in the wrong place. */
const COMMAND_WORD = /^-{0,2}[a-z][a-z-]{0,20}$/

function unknown(word: string): Misuse {
  const more = family(commands, word).map(([name]) => name)
  if (more.length > 0) return new Misuse(`${word} goes with another word: ${more.join(', ')}`)
  const which = COMMAND_WORD.test(word) ? ` ${word}` : ' of that name'
  return new Misuse(`there is no command${which} (try: strongroom help)`)
}

function print(terminal: Terminal, text: string): number {
  terminal.write(text)
  return 0
}

function version(): string {
  const manifest = new URL('../../package.json', import.meta.url)
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
}

/** What people are told of an error. The message of an unexpected one may hold anything. */
function told(error: unknown): string {
  if (error instanceof Failure || error instanceof ApiError) return error.message
  if (error instanceof Unreachable || error instanceof BadConnection) return error.message
  const frames = error instanceof Error ? (error.stack ?? '').split('\n') : []
  const where = frames.find((frame) => /^\s+at /.test(frame))?.trim() ?? 'somewhere'
  const name = error instanceof Error ? error.name : 'error'
  return `something is broken in this program: ${name} ${where}`
}
