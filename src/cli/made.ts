import type { MadeWithToken } from '#client/wire.ts'
import type { Context } from './command.ts'
import { facts } from './text.ts'

/** Shows something new with its token: the one time it can be seen. */
export function showMade({ show, terminal }: Context, { id, token }: MadeWithToken): void {
  const text = Buffer.from(token.reveal()).toString('utf8')
  show({ id, token: text }, () => facts({ id, token: text }))
  terminal.say('strongroom: note: keep the token now: it cannot be shown again')
}
