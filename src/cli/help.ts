import { usage, type Command } from './command.ts'

type Table = Readonly<Record<string, Command>>

const WIDTH = 100
const INDENT = '  '

/** Text in lines that fit a terminal. */
function wrap(text: string): string {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? ''
    if (line !== '' && line.length + 1 + word.length > WIDTH) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines.join('\n')
}

function columns(pairs: readonly (readonly [string, string])[]): string {
  const width = Math.max(...pairs.map(([left]) => left.length))
  return pairs.map(([left, right]) => `${INDENT}${left.padEnd(width)}  ${right}\n`).join('')
}

/** What `help` prints: every command of `table` with its summary. */
export const helpOfAll = (table: Table): string =>
  [
    'strongroom: a vault of your own, from the command line\n\n',
    columns([
      ['serve', 'Start the vault (see: strongroom serve --help)'],
      ...Object.entries(table).map(([name, { summary }]) => [name, summary] as const),
      ['help [COMMAND]', 'Show this, or how a command is used'],
    ]),
    '\nEvery command takes --help and --json. The vault is that of STRONGROOM_URL and\n',
    'STRONGROOM_TOKEN, or else that of `strongroom login`.\n',
  ].join('')

/** What `help NAME` prints: how the command is asked, and its options. */
export function helpOf(name: string, command: Command): string {
  const options = Object.entries(command.flags).map(
    ([flag, { takes, doc }]) =>
      [`--${flag}${takes === undefined ? '' : ` ${takes}`}`, doc] as const,
  )
  return [
    `strongroom ${usage(name, command)}\n\n`,
    `${wrap(`${command.summary}.`)}\n`,
    command.more === null ? '' : `\n${wrap(command.more)}\n`,
    '\n',
    columns([...options, ['--json', 'Answer in JSON, for programs.'], ['--help', 'Show this.']]),
  ].join('')
}

/** What `help NAME` prints for the first word of several commands, such as `team`. */
export const helpOfFamily = (table: Table, word: string): string =>
  columns(
    family(table, word).map(([name, command]) => [
      `strongroom ${name}${command.args.map((arg) => ` ${arg}`).join('')}`,
      command.summary,
    ]),
  )

/** The commands whose first word this is. */
export const family = (table: Table, word: string): readonly (readonly [string, Command])[] =>
  Object.entries(table).filter(([name]) => name.split(' ')[0] === word)
