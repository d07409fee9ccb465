import { command } from './command.ts'
import { count, facts } from './text.ts'

export const keysCommands = {
  'keys rotate': command({
    summary: 'Take a new root key into use, and wrap every account key under it',
    args: [],
    flags: {},
    more: 'For the operators of the vault. The values themselves stay as they are.',
    async run({ vault, show }) {
      const done = await vault().rotateRootKey()
      show(done, () => facts({ 'root key': done.fingerprint, wrapped: count(done.keys, 'key') }))
    },
  }),
  'keys rewrap': command({
    summary: 'Wrap every account key under the root key in use; safe to run again',
    args: [],
    flags: {},
    more: 'For the operators of the vault.',
    async run({ vault, show }) {
      const done = await vault().rewrapKeys()
      show(done, () => facts({ 'root key': done.fingerprint, wrapped: count(done.keys, 'key') }))
    },
  }),
}
