import type { Route } from '#dialects/dialect.ts'
import { callOf, needsToken, routes } from '#test/support/calls.ts'
import { settle, type Estate } from '#test/support/estate.ts'
import type { House } from '#test/support/house.ts'
import { CHANGED, type Complaints } from './complaints.ts'
import { unknownToken } from './nobodies.ts'
import type { Outsider } from './outsiders.ts'
import { tryNobody, tryOutsider } from './trials.ts'
import { Watch } from './watch.ts'

/** What is the installation's, or tells and does nothing of an account: there is nothing to find. */
const TELLS_NOTHING: ReadonlySet<string> = new Set([
  ...['createAccount', 'listAccounts', 'closeAudit', 'rewrapKeys', 'rotateRootKey'],
  ...[
    'proveAuditGrowth',
    'get_auth_challenge_status',
    'Session.getMinCliVersion',
    'Session.getTenantId',
  ],
  'generate_auth_challenge',
  // The name of the account alone; what is so already; and what was sent.
  ...['Session.get', 'setDefaultStore', 'Apply.dependencyTree'],
])

/** What is found when the owner itself asks, as it would be if a route forgot to look at who asks. */
async function asOwner(
  house: House,
  route: Route,
  theirs: Estate,
  { mine }: Outsider,
): Promise<readonly Complaints[]> {
  const watch = await Watch.over(house, theirs.id)
  try {
    const nobody = theirs.admin.as(unknownToken())
    const known = (await watch.see(nobody, route, callOf(route, theirs))).answer
    // Who is put on the record is left out: what was told and done must be noticed without that.
    const outsider = { api: theirs.admin, mine: { ...mine, id: theirs.id } }
    const other = await tryOutsider({ watch, route, theirs }, outsider)
    const changed = (await watch.isChanged()) ? [CHANGED] : []
    const none = needsToken(route)
      ? await tryNobody({ watch, route, theirs }, theirs.admin, known)
      : ['it takes no token']
    return [[...other, ...changed], none]
  } finally {
    await watch.close()
  }
}

/** Of every route that reads and each so-manieth that changes, those on which the owner goes unnoticed. */
export async function ownerInPlace(
  house: House,
  outsider: Outsider,
  step: number,
): Promise<{ readonly noticed: number; readonly unnoticed: readonly string[] }> {
  const looked = await settle(await house.tenant())
  const unnoticed: string[] = []
  let noticed = 0
  for (const [n, route] of routes.entries()) {
    const reads = route.method === 'GET'
    if (!reads && n % step !== 0) continue
    const theirs = reads ? looked : await settle(await house.tenant())
    const found = await asOwner(house, route, theirs, outsider)
    if (found.every(({ length }) => length > 0)) noticed += 1
    else if (!TELLS_NOTHING.has(route.operationId)) unnoticed.push(route.operationId)
  }
  return { noticed, unnoticed }
}
