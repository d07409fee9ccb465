import { GROUP_ROLES, type GroupRole } from '#domain/group.ts'
import type { AccountId, GroupId, TeamId, TokenId } from '#domain/ids.ts'
import type { TokenKind } from '#domain/subject.ts'
import type { Collaboration, KnownToken } from '#ports/database.ts'
import { allAsked, asked } from './asked.ts'
import type { Engine } from './engine.ts'
import { toScopes } from './rows.ts'
import { nounsUnder } from './sealed-rows.ts'
import type { Seals } from './seals.ts'
import * as groups from './sql/groups.ts'
import * as people from './sql/people.ts'

/** The teams that a subject is in. */
export async function teamsOf(
  engine: Engine,
  seals: Seals,
  subject: string,
): Promise<readonly TeamId[]> {
  const rows = await engine.all(people.teamsOfSubject, { subject })
  return allAsked(rows, { subject_id: subject }).map(
    (row) => seals.checked('team_member', row).team_id as TeamId,
  )
}

/** A token with its bearer and all that was given to it; every row of that as it was written. */
export async function knownToken(
  engine: Engine,
  seals: Seals,
  keyId: string,
  proves: (digest: Uint8Array) => boolean,
): Promise<KnownToken | null> {
  // Before all the rest: how long that takes would tell a guesser that the key id is one.
  const proof = await engine.get(people.getTokenDigest, { key_id: keyId })
  if (proof === null || !proves(proof.digest)) return null
  const found = await engine.get(people.getKnownToken, { key_id: keyId })
  if (found === null) return null
  const { account_id: account, subject_id: subject } = found
  const row = seals.checked('token', asked(found, { key_id: keyId, ...joinedTo(account, subject) }))
  // Read after the authority revision: what is taken away meanwhile raises it, and the commit fails.
  const teams = await teamsOf(engine, seals, subject)
  return {
    revokedAt: row.revoked_at,
    caller: {
      account: account as AccountId,
      subject: bearer(seals, row),
      token: {
        id: row.id as TokenId,
        kind: row.kind as TokenKind,
        revision: row.revision,
        scopes: toScopes(row.scopes),
        expiresAt: row.expires_at,
      },
      authority: row.authority,
      teams,
      roles: strongest(await givenTo(engine, seals, subject, teams)),
      operator: operates(seals, row),
    },
  }
}

const joinedTo = (account: string, subject: string) => ({
  ...{ joined_account: account, joined_subject: subject, subject_account: account },
})

const bearer = (seals: Seals, row: people.KnownTokenRow) =>
  nounsUnder(seals).subject({
    id: row.joined_subject,
    account_id: row.subject_account,
    kind: row.subject_kind,
    role: row.role,
    name: row.subject_name,
    email: row.email,
    state: row.state,
    created_at: row.subject_created_at,
    seal: row.subject_seal,
  })

/** What was given to a subject and to those of its teams that were read. */
async function givenTo(
  engine: Engine,
  seals: Seals,
  subject: string,
  teams: readonly TeamId[],
): Promise<readonly Collaboration[]> {
  const own = await engine.all(groups.listCollaborationsOf, { grantee: subject })
  const ofTeams = await engine.all(groups.listTeamCollaborationsOf, { subject })
  const joined: ReadonlySet<string> = new Set(teams)
  return [
    ...allAsked(own, { grantee_id: subject }),
    ...ofTeams.filter(({ grantee_id }) => joined.has(grantee_id)),
  ].map(nounsUnder(seals).collaboration)
}

/** Of several roles in one group, the one that may most. */
function strongest(given: readonly Collaboration[]): ReadonlyMap<GroupId, GroupRole> {
  const roles = new Map<GroupId, GroupRole>()
  for (const { group, role } of given) {
    const known = roles.get(group)
    if (known === undefined || GROUP_ROLES.indexOf(role) > GROUP_ROLES.indexOf(known)) {
      roles.set(group, role)
    }
  }
  return roles
}

/** Whether the token's account runs the installation: only who gains by that row pays for its seal. */
function operates(seals: Seals, row: people.KnownTokenRow): boolean {
  const { installation: id, operator, installation_seal: seal } = row
  if (operator !== row.account_id) return false
  seals.checked('installation', { id, operator, seal })
  return true
}
