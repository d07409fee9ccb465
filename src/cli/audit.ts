import type { StrongroomClient } from '#client/client.ts'
import type { Entry } from '#client/wire.ts'
import { command } from './command.ts'
import { Misuse } from './failure.ts'
import { all } from './named.ts'
import { findSecret, groupFlag } from './places.ts'
import { moment, table } from './text.ts'

const LIMIT_DEFAULT = 50
const PAGE_MAX = 1_000

function readLimit(text: string | undefined): number {
  if (text === undefined) return LIMIT_DEFAULT
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new Misuse('--limit takes a number, 1 or more')
}

/** The newest entries, newest first. */
async function newest(client: StrongroomClient, target: string | undefined, limit: number) {
  const entries: Entry[] = []
  const query = { limit: Math.min(limit, PAGE_MAX), ...(target === undefined ? {} : { target }) }
  for await (const entry of client.audit(query)) {
    if (entries.push(entry) === limit) break
  }
  return entries
}

/** The people of the account by their ids, as others call them. */
async function namesOf(client: StrongroomClient): Promise<ReadonlyMap<string, string>> {
  const people = [
    ...(await all(client.people('users'))),
    ...(await all(client.people('service-accounts'))),
  ]
  return new Map(people.map(({ id, email, name }) => [id, email ?? name]))
}

function line(entry: Entry, names: ReadonlyMap<string, string>): readonly string[] {
  const { at, subject, kind = '', api, action, target = '-', id, name, version } = entry
  const who = subject === undefined ? '-' : (names.get(subject) ?? `${kind} ${subject}`)
  const what = [target, name ?? id ?? '', version === undefined ? '' : `v${version}`]
  const reason = entry.reason === undefined ? '' : `: ${entry.reason}`
  const outcome = `${entry.outcome}${reason}${entry.count === undefined ? '' : ` (${entry.count})`}`
  return [moment(at), who, api, action, what.filter((word) => word !== '').join(' '), outcome]
}

export const auditCommands = {
  audit: command({
    summary: 'Show the record of the account, newest first',
    args: [],
    flags: {
      target: { takes: 'ID', doc: 'Only what was done to the thing with this id.' },
      secret: { takes: 'NAME', doc: 'Only what was done to this secret.' },
      group: { ...groupFlag, doc: 'The group of --secret. Default: secrets.' },
      limit: { takes: 'N', doc: `How many entries. Default: ${LIMIT_DEFAULT}.` },
      names: { doc: 'Look up who people are (for which the record gets lines too).' },
    },
    async run({ vault, show }, { flags: { target, secret, group, limit: text, names } }) {
      if (target !== undefined && secret !== undefined) {
        throw new Misuse('--target and --secret exclude each other')
      }
      if (group !== undefined && secret === undefined) {
        throw new Misuse('--group says where --secret is: give that too')
      }
      const limit = readLimit(text)
      const client = vault()
      const id = secret === undefined ? target : (await findSecret(client, group, secret)).id
      const entries = await newest(client, id, limit)
      const people = names ? await namesOf(client) : new Map<string, string>()
      show(entries, () =>
        table(
          ['TIME', 'WHO', 'API', 'ACTION', 'TARGET', 'OUTCOME'],
          entries.map((entry) => line(entry, people)),
        ),
      )
    },
  }),
  'audit checkpoint': command({
    summary: 'Close the log over everything so far, and print the signed checkpoint to keep',
    args: [],
    flags: {},
    more: 'Kept where the operators of the vault cannot write, it later shows that nothing before it was changed.',
    async run({ vault, show }) {
      const checkpoint = await vault().closeAudit()
      show(checkpoint, () => checkpoint.note)
    },
  }),
}
