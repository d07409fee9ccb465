import assert from 'node:assert/strict'
import type { Group } from '#domain/group.ts'
import type { Link, Secret } from '#domain/secret.ts'
import type { Subject } from '#domain/subject.ts'
import type {
  Account,
  Database,
  Installation,
  LoginChallenge,
  Team,
  Token,
  Write,
} from '#ports/database.ts'
import { groundIn, type Ground } from './ground.ts'
import { ALL_BYTES, aGroup, aLink, anAccount, aSubject, aTeam, aToken, newId } from './rows.ts'

/** A row of rights of each kind, and what each could be made to say instead. */
export interface Rights extends Pick<Ground, 'must' | 'admin'> {
  readonly installation: Installation
  readonly other: { readonly account: Account; readonly admin: Subject }
  /** With a token, in the team, and a collaborator of the closed group. */
  readonly member: Subject
  readonly memberToken: Token
  readonly team: Team
  readonly otherTeam: Team
  readonly open: Group
  readonly closed: Group
  /** Two of the open group, the first of which is linked into the closed one. */
  readonly secrets: readonly [Secret, Secret]
  readonly link: Link
  /** A word for the member. */
  readonly slug: string
  readonly login: LoginChallenge
  /** By the id of the subject. */
  readonly keyIds: ReadonlyMap<string, string>
}

export async function settleRights(database: Database): Promise<Rights> {
  const ground = await groundIn(database)
  const { account, admin, token, group: open } = ground
  const [first, second] = await ground.secrets(open, 'first', 'second')
  assert.ok(first && second)
  const stranger = anAccount()
  const other = { account: stranger, admin: aSubject(stranger.id, { role: 'admin' }) }
  const member = aSubject(account.id, { email: 'member@example.com' })
  const memberToken = aToken(member, { scopes: ['list'], expiresAt: 5 })
  const strangersToken = aToken(other.admin)
  const [team, otherTeam] = [aTeam(admin), aTeam(admin)]
  const closed = aGroup(admin, 'named', undefined, { open: false })
  const link = aLink(closed, first, 'LINKED')
  const installation: Installation = {
    ...{ id: newId(), createdAt: 1, operator: account.id, rootKey: 'root' },
    ...{ serverKey: ALL_BYTES, signingKey: ALL_BYTES, publicKey: ALL_BYTES },
  }
  const login: LoginChallenge = {
    ...{ code: 'code', statusDigest: ALL_BYTES, publicKey: 'pem', createdAt: 1, expiresAt: 9 },
    result: null,
  }
  const slug = 'member'
  const given = { group: closed.id, kind: 'subject', id: member.id } as const
  const rows: readonly Write[] = [
    { write: 'installation', row: installation },
    { write: 'account', row: stranger },
    { write: 'subject', row: other.admin },
    { write: 'subject', row: member },
    { write: 'token', row: memberToken, digest: ALL_BYTES },
    { write: 'token', row: strangersToken, digest: ALL_BYTES },
    { write: 'team', row: team },
    { write: 'team', row: otherTeam },
    { write: 'member', team: team.id, subject: member.id, at: 1, manager: false },
    { write: 'group', row: closed },
    { write: 'collaboration', row: { ...given, role: 'viewer', origin: 'direct' } },
    { write: 'link', row: link, account: account.id },
    { write: 'group-size', group: closed.id, by: 1 },
    { write: 'slug', account: account.id, owner: member.id, slug },
    { write: 'login-challenge', row: login },
  ]
  await ground.must(...rows)
  const keyIds = new Map([token, memberToken, strangersToken].map((of) => [of.subject, of.keyId]))
  return {
    ...{
      must: (...writes) => ground.must(...writes),
      admin,
      installation,
      other,
      member,
      memberToken,
      team,
      otherTeam,
    },
    ...{
      slug,
      login,
      open,
      closed,
      secrets: [first, second],
      link,
      keyIds: new Map<string, string>(keyIds),
    },
  }
}
