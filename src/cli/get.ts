import type { StrongroomClient } from '#client/client.ts'
import { encodeValue } from '#client/values.ts'
import type { OpenedSecret } from '#client/wire.ts'
import { parseId } from '#domain/ids.ts'
import { command } from './command.ts'
import { GROUP_DEFAULT, GROUPS_HELP, groupFlag, groupRef, ifThere, readVersion } from './places.ts'

/** Reads by name in the group; a word that no secret there has may be an id. */
async function read(
  client: StrongroomClient,
  group: string | undefined,
  word: string,
  version?: number,
): Promise<OpenedSecret> {
  const place = await groupRef(client, group ?? GROUP_DEFAULT)
  try {
    return await client.readSecretNamed(place, word, version)
  } catch (error) {
    const byId = group === undefined && parseId(word) !== null
    const found = byId ? await ifThere(client.readSecret(word, version)) : null
    if (found === null) throw error
    return found
  }
}

const get = command({
  summary: 'Write a value to standard output, byte for byte',
  args: ['NAME'],
  flags: {
    group: groupFlag,
    version: { takes: 'N', doc: 'That of a version. Default: the current one.' },
  },
  more: `A newline is added only at a terminal. With --json the value is text, or base64 where it is not text (\`encoding\` says which). ${GROUPS_HELP}`,
  async run({ vault, terminal, show }, { args: [name], flags, json }) {
    const version = flags.version === undefined ? undefined : readVersion(flags.version)
    const { value, ...said } = await read(vault(), flags.group, name, version)
    if (json) {
      show({ ...said, ...encodeValue(value) }, () => '')
      return
    }
    terminal.write(value.reveal())
    if (terminal.read) terminal.write('\n')
  },
})

export const getCommands = { get }
