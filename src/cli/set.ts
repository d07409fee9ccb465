import type { StrongroomClient } from '#client/client.ts'
import { ApiError } from '#client/errors.ts'
import type { Secret } from '#client/wire.ts'
import { VALUE_BYTES_MAX } from '#domain/limits.ts'
import { SecretValue } from '#domain/secret-value.ts'
import { command } from './command.ts'
import { Failure, Misuse } from './failure.ts'
import {
  aLink,
  GROUP_DEFAULT,
  GROUPS_HELP,
  groupFlag,
  groupRef,
  ifThere,
  isLink,
} from './places.ts'
import { readFileBytes, type Terminal } from './terminal.ts'
import { clean } from './text.ts'

/** What is said of a secret beside its value; absent members stay as they are. */
interface Said {
  readonly description?: string | null
  readonly type?: string
  readonly file?: true
}

interface Place {
  readonly group: string
  readonly name: string
}

/** Makes the secret, or gives it a new version where the name is taken. */
async function put(client: StrongroomClient, place: Place, said: Said, value: SecretValue) {
  const known = await ifThere(client.secretNamed(place.group, place.name))
  if (known !== null) return update(client, place, known, said, value)
  try {
    return await client.createSecret(place.group, { name: place.name, ...said, value })
  } catch (error) {
    // Another was first: theirs is the secret, ours its next version.
    if (!(error instanceof ApiError) || error.code !== 'name_taken') throw error
    const theirs = await client.secretNamed(place.group, place.name)
    return update(client, place, theirs, said, value)
  }
}

async function update(
  client: StrongroomClient,
  { group }: Place,
  known: Secret,
  said: Said,
  value: SecretValue,
) {
  if (await isLink(client, group, known)) throw aLink()
  if (said.file === true && !known.file) {
    throw new Failure(
      'it is there already, and not as a file: delete it first, or leave --as-file out',
    )
  }
  const { description, type } = said
  return client.updateSecret(known.id, {
    value,
    ...(description === undefined ? {} : { description }),
    ...(type === undefined ? {} : { type }),
  })
}

/** Adds a version that waits until it is activated. */
async function addWaiting(client: StrongroomClient, { group, name }: Place, value: SecretValue) {
  const known = await client.secretNamed(group, name)
  if (await isLink(client, group, known)) throw aLink()
  const { version } = await client.createVersion(known.id, value, false)
  return { ...known, latest_version: version }
}

async function readValue(terminal: Terminal, name: string, path?: string): Promise<SecretValue> {
  const typed = path === undefined && terminal.typed
  const bytes = await (path !== undefined
    ? readFileBytes(path, VALUE_BYTES_MAX)
    : typed
      ? terminal.ask(`value of ${clean(name)}: `, VALUE_BYTES_MAX)
      : terminal.input(VALUE_BYTES_MAX))
  if (bytes.length === 0) throw new Failure('the value is empty: there is nothing to keep')
  // `echo` adds a line end that is seldom meant; it is kept, because the value is the bytes.
  if (path === undefined && bytes.indexOf(0x0a) === bytes.length - 1) {
    terminal.say('strongroom: note: the value ends with a newline, which is kept')
  }
  return new SecretValue(bytes)
}

const set = command({
  summary: 'Keep a value: make a secret, or add a version to it, which becomes the current one',
  args: ['NAME'],
  flags: {
    group: groupFlag,
    description: { takes: 'TEXT', doc: 'What it is for; empty to clear.' },
    type: { takes: 'TYPE', doc: 'A word of yours, such as `key`; `json` takes JSON values only.' },
    'from-file': { takes: 'PATH', doc: 'Read the value from a file.' },
    'as-file': { doc: 'Keep it as a file: `run` hands over a path to it.' },
    'no-activate': { doc: 'Add a version to a secret, and leave the current one current.' },
  },
  extra:
    'a value is not taken from the command line, where others can see it: give it on standard input',
  more: `The value is read from standard input, byte for byte; at a terminal it is asked for without being shown. ${GROUPS_HELP}`,
  async run({ vault, show, terminal }, { args: [name], flags }) {
    const { group: word = GROUP_DEFAULT, description, type, 'no-activate': waiting } = flags
    if (waiting && (description !== undefined || type !== undefined || flags['as-file'])) {
      throw new Misuse('--no-activate only adds a version: leave the other options out')
    }
    const client = vault()
    const value = await readValue(terminal, name, flags['from-file'])
    const place = { group: await groupRef(client, word), name }
    const said: Said = {
      ...(description === undefined
        ? {}
        : { description: description === '' ? null : description }),
      ...(type === undefined ? {} : { type }),
      ...(flags['as-file'] ? { file: true } : {}),
    }
    const secret = await (waiting
      ? addWaiting(client, place, value)
      : put(client, place, said, value))
    const told = waiting ? `${secret.latest_version}, not active` : String(secret.version)
    show(secret, () => `${clean(name)} in ${clean(word)}: version ${told}\n`)
  },
})

export const setCommands = { set }
