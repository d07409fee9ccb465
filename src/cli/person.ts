import type { Subject } from '#client/wire.ts'
import type { Role } from '#domain/subject.ts'
import { Misuse } from './failure.ts'
import { moment, table } from './text.ts'

/** A role as it was typed. Throws `Misuse`. */
export function readRole(text: string): Role {
  if (text === 'admin' || text === 'member') return text
  throw new Misuse('a role is admin or member')
}

/** Users or service accounts, a line each. */
export const peopleTable = (people: readonly Subject[]): string =>
  table(
    ['ID', 'NAME', 'EMAIL', 'ROLE', 'STATE', 'CREATED'],
    people.map(({ id, name, email, role, state, created_at }) => [
      ...[id, name, email ?? '-', role, state],
      moment(created_at),
    ]),
  )
