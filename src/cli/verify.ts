import { command, type Context } from './command.ts'
import { Misuse } from './failure.ts'
import { count } from './text.ts'

const keyFlag = { takes: 'KEY|FILE', doc: "The log's verifier key. Default: DIR.vkey." } as const

const PLACE = /^[1-9]\d{0,14}$/

/** Lets the server close its log, which shows nothing that it could not pretend. */
async function close({ vault, show, terminal }: Context): Promise<number> {
  const checkpoint = await vault().closeAudit()
  show(checkpoint, () => checkpoint.note)
  terminal.say(
    `strongroom: the server closed the log over ${count(checkpoint.size, 'entry', 'entries')}; what it holds is checked with --offline, that it only grew with --checkpoint`,
  )
  return 0
}

export const verifyCommands = {
  'audit proof': command({
    summary: 'Prove by its signed checkpoint that an entry is in the log',
    args: ['SEQ'],
    flags: {
      checkpoint: { takes: 'FILE', doc: 'Prove too that the log only grew since this one.' },
      key: keyFlag,
    },
    more: 'SEQ is the number of the entry, as audit --json shows it. The log need not be read for it, nor the server be believed.',
    async run(context, { args: [seq], flags }) {
      if (!PLACE.test(seq)) throw new Misuse('SEQ is the number of an entry, 1 or more')
      const { proveEntry } = await import('./verify-online.ts')
      return proveEntry(context, Number(seq), flags)
    },
  }),
  'audit verify': command({
    summary: 'Check the log: that it only grew (--checkpoint), or entry by entry (--offline)',
    args: [],
    flags: {
      offline: { doc: 'Read the database itself, and check every entry and checkpoint.' },
      data: {
        takes: 'DIR',
        doc: 'The data folder. Default: STRONGROOM_DATA, or ./strongroom-data.',
      },
      database: {
        takes: 'URL',
        doc: 'A PostgreSQL server (postgres://…). Default: STRONGROOM_DATABASE.',
      },
      checkpoint: {
        takes: 'FILE',
        doc: 'A checkpoint kept outside. Default, offline: DIR.checkpoint.',
      },
      key: keyFlag,
    },
    more: 'Offline it talks to no server, and one may be running. It fails with the first entry that was edited, deleted, reordered or cut off, the first signature that does not hold, or the first place that a search would not find or find wrongly. Online, with a checkpoint that was kept, it prints the one to keep next.',
    async run(context, { flags: { offline, ...asked } }) {
      // Only here: no other command needs the database, or the crypto to check it with.
      if (offline) {
        const { verifyOffline } = await import('./verify-offline.ts')
        return verifyOffline(context, asked)
      }
      const { data, database, checkpoint, key } = asked
      if (data !== undefined || database !== undefined) {
        throw new Misuse('--data and --database go with --offline')
      }
      if (checkpoint !== undefined) {
        const { proveGrowth } = await import('./verify-online.ts')
        return proveGrowth(context, checkpoint, key)
      }
      if (key !== undefined) throw new Misuse('--key goes with --offline or --checkpoint')
      return close(context)
    },
  }),
}
