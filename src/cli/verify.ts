import { command } from './command.ts'
import { Misuse } from './failure.ts'
import { count } from './text.ts'

export const verifyCommands = {
  'audit verify': command({
    summary: 'Check the log: close it (online), or prove it entry by entry (--offline)',
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
      checkpoint: { takes: 'FILE', doc: 'A checkpoint kept outside. Default: DIR.checkpoint.' },
      key: { takes: 'KEY|FILE', doc: "The log's verifier key. Default: DIR.vkey." },
    },
    more: 'Offline it talks to no server, and one may be running. It fails with the first entry that was edited, deleted, reordered or cut off, or the first signature that does not hold.',
    async run(context, { flags: { offline, ...asked } }) {
      if (offline) {
        // Only here: no other command needs the database, or the crypto to check it with.
        const { verifyOffline } = await import('./verify-offline.ts')
        return verifyOffline(context, asked)
      }
      if (Object.values(asked).some((given) => given !== undefined)) {
        throw new Misuse('--data, --database, --checkpoint and --key go with --offline')
      }
      const checkpoint = await context.vault().closeAudit()
      context.show(checkpoint, () => checkpoint.note)
      context.terminal.say(
        `strongroom: the server closed the log over ${count(checkpoint.size, 'entry', 'entries')}; what it holds is checked with --offline`,
      )
      return 0
    },
  }),
}
