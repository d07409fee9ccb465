import type { Group } from '#domain/group.ts'
import type { Link } from '#domain/secret.ts'
import type { Subject } from '#domain/subject.ts'
import type { Collaboration, LoginChallenge, Team, Token } from '#ports/database.ts'
import {
  toCollaboration,
  toGroup,
  toLink,
  toLoginChallenge,
  toSubject,
  toTeam,
  toToken,
  type CollaboratorRow,
  type GroupRow,
  type LoginChallengeRow,
  type SecretInfoRow,
  type SubjectRow,
  type TeamRow,
  type TokenRow,
} from './rows.ts'
import type { Seals, WithSeal } from './seals.ts'

/** How a row that bears a seal becomes a noun: each throws `DatabaseDown` when it is not as it was written. */
export interface Nouns {
  readonly subject: (row: SubjectRow & WithSeal) => Subject
  readonly team: (row: TeamRow & WithSeal) => Team
  readonly token: (row: TokenRow & WithSeal) => Token
  readonly group: (row: GroupRow & WithSeal) => Group
  readonly collaboration: (row: CollaboratorRow & WithSeal) => Collaboration
  readonly link: (row: SecretInfoRow) => Link
  readonly login: (row: LoginChallengeRow & WithSeal) => LoginChallenge
}

export const nounsUnder = (seals: Seals): Nouns => ({
  subject: (row) => toSubject(seals.checked('subject', row)),
  team: (row) => toTeam(seals.checked('team', row)),
  token: (row) => toToken(seals.checked('token', row)),
  group: (row) => toGroup(seals.checked('secret_group', row)),
  collaboration: (row) => toCollaboration(seals.checked('collaborator', row)),
  link: (row) => toLink(seals.checked('link', row)),
  login: (row) => toLoginChallenge(seals.checked('login_challenge', row)),
})
