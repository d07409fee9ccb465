import type { Static } from 'typebox'
import type { Fault, Problem } from '#domain/fault.ts'
import type { Role } from '#domain/subject.ts'
import { err, ok, type Result } from '#domain/result.ts'
import type { GroupGrant } from '#core/group-grants.ts'
import {
  putVirtualAccount,
  type PutAccount,
  type PutVirtualAccount,
} from '#core/put-virtual-account.ts'
import {
  deleteVirtualAccount,
  getVirtualAccount,
  listVirtualAccounts,
  virtualAccountExists,
  type VirtualAccount,
} from '#core/virtual-accounts.ts'
import { ask, choosingRoute, route, type Route } from '#dialects/dialect.ts'
import { readFilter } from './filter.ts'
import { applied, manifestReader, manifestText, type ManifestType } from './manifests.ts'
import { readEnd } from './moments.ts'
import * as schemas from './people-schemas.ts'
import * as people from './people-shapes.ts'
import { readGroupRole, readStoreRole, readTenantRole } from './roles.ts'
import { dataOf, Empty, idParams, pageOf } from './schemas.ts'
import { manifestWords } from './secret-groups.ts'
import * as shapes from './shapes.ts'

const tag = 'Virtual accounts'
const words = { ...manifestWords, subject: 'virtual account', link: 'secret' }
const success = { status: 200, schema: dataOf(schemas.VirtualAccount) }

type Manifest = Static<typeof schemas.VirtualAccountManifest>

const AT = ['body', 'manifest'] as const

const invalid = (problem: Problem): Result<never, Fault> =>
  err({ kind: 'invalid', problems: [problem] })

/** What is not offered, and what to do in its place. */
function notOffered(manifest: Manifest): Problem | null {
  const given = (value: unknown) =>
    value !== undefined && value !== null && (!Array.isArray(value) || value.length > 0)
  const instead: readonly (readonly [keyof Manifest, string])[] = [
    ['auto_rotate', 'null: no token is rotated by itself, regenerate it when it is time'],
    ['notification_target', 'null: no notifications are sent from here'],
    ['identity_provider_mapping', 'null: no identity provider is asked here'],
  ]
  const [member, expected] = instead.find(([name]) => given(manifest[name])) ?? []
  return member === undefined || expected === undefined
    ? null
    : { at: [...AT, member], rule: 'type', expected }
}

interface Given {
  readonly role: Role | null
  readonly groups: readonly GroupGrant[] | null
  readonly accounts: readonly string[]
  readonly stores: readonly string[]
}

/** Kinds of thing that a permission may be on; the right to use the built-in store needs no giving. */
const RESOURCES = ['secret-group', 'tenant', 'account', 'provider-integration'] as const

function decodePermissions(sent: Manifest['permissions']): Result<Given, Fault> {
  const given = { groups: [] as GroupGrant[], accounts: [] as string[], stores: [] as string[] }
  if (sent === undefined || sent === null) return ok({ ...given, role: null, groups: null })
  let role: Role = 'member'
  for (const [n, { resource_type: type, resource_fqn: fqn, role_id: id }] of sent.entries()) {
    const at = [...AT, 'permissions', n]
    if (type === 'secret-group') {
      const read = readGroupRole(id, [...at, 'role_id'])
      if (!read.ok) return read
      given.groups.push({ group: fqn, role: read.value })
    } else if (type === 'tenant' || type === 'account') {
      const read = readTenantRole(id, [...at, 'role_id'])
      if (!read.ok) return read
      if (read.value === 'admin') role = 'admin'
      given.accounts.push(fqn)
    } else if (type === 'provider-integration') {
      const read = readStoreRole(id, [...at, 'role_id'])
      if (!read.ok) return read
      given.stores.push(fqn)
    } else {
      return invalid({ at: [...at, 'resource_type'], rule: 'one_of', allowed: RESOURCES })
    }
  }
  return ok({ ...given, role })
}

function decodeStore(
  config: Manifest['secret_store_config'],
): Result<PutVirtualAccount['shownIn'], Fault> {
  if (config === undefined || config === null) return ok(null)
  const at = [...AT, 'secret_store_config']
  const { type, secret_group: group, key: name } = config
  if (type !== 'tfy-secrets') {
    return invalid({ at: [...at, 'type'], rule: 'one_of', allowed: ['tfy-secrets'] })
  }
  if (typeof group !== 'string') return invalid({ at: [...at, 'secret_group'], rule: 'missing' })
  if (typeof name !== 'string') return invalid({ at: [...at, 'key'], rule: 'missing' })
  return ok({ group, name })
}

/** What a manifest asks for. */
function decode(manifest: Manifest, dryRun: boolean): Result<PutVirtualAccount, Fault> {
  const missing = notOffered(manifest)
  if (missing !== null) return invalid(missing)
  const text = manifestText(manifest)
  if (!text.ok) return text
  const given = decodePermissions(manifest.permissions)
  if (!given.ok) return given
  const until = readEnd(manifest.expiration_date, [...AT, 'expiration_date'])
  if (!until.ok) return until
  const shownIn = decodeStore(manifest.secret_store_config)
  if (!shownIn.ok) return shownIn
  const { role, groups, accounts, stores } = given.value
  const { account: owner = null, team } = manifest.ownedBy ?? {}
  return ok({
    ...{ name: manifest.name, manifest: text.value, dryRun, role, groups },
    ...{ named: { owner, accounts, stores }, team: team ?? null },
    form: manifest.token_type ?? 'opaque',
    ...{ until: until.value, shownIn: shownIn.value },
  })
}

const put = choosingRoute({
  method: 'PUT',
  path: '/api/svc/v1/virtual-accounts',
  operationId: 'VirtualAccount.put',
  summary: 'Make a virtual account, or change it, to what a manifest says',
  ...{ tag, words, body: schemas.PutVirtualAccount, exactNumbers: true },
  success: { status: 200, schema: schemas.PutVirtualAccountResponse },
  action: putVirtualAccount.action,
  choose: ({ body: { manifest, dryRun } }) => {
    const asked = decode(manifest, dryRun ?? false)
    return asked.ok ? ok(ask(putVirtualAccount, asked.value, putShown)) : asked
  },
})

const putShown = ({ data, token }: PutAccount) => ({
  data: people.virtualAccount(data),
  ...(token === null ? {} : { token: people.tokenText(token) }),
})

const readManifest = manifestReader(schemas.VirtualAccountManifest)

/** Of a manifest to delete, its name alone counts. */
const readNamed = manifestReader(schemas.existsQuery)

/** Virtual accounts as they are applied and deleted by manifest. */
export const virtualAccountManifests: ManifestType = {
  put(manifest, dryRun) {
    const read = readManifest(manifest)
    const asked = read.ok ? decode(read.value, dryRun) : read
    if (!asked.ok) return asked
    return ok(
      ask(putVirtualAccount, asked.value, (done) =>
        applied(done, people.virtualAccount(done.data)),
      ),
    )
  },
  remove(manifest) {
    const read = readNamed(manifest)
    if (!read.ok) return read
    const ref = { by: 'name', name: read.value.name } as const
    return ok(ask(deleteVirtualAccount, ref, () => ({})))
  },
}

interface Owned {
  readonly ownedBy?: { readonly team?: string }
  readonly tags?: Readonly<Record<string, unknown>>
}

const manifestOf = ({ manifest }: VirtualAccount): Owned =>
  manifest === null ? {} : (JSON.parse(manifest) as Owned)

const list = choosingRoute({
  method: 'GET',
  path: '/api/svc/v1/virtual-accounts',
  operationId: 'VirtualAccount.get',
  summary: 'List the virtual accounts of the tenant',
  ...{ tag, query: schemas.virtualAccountsQuery },
  success: { status: 200, schema: pageOf(schemas.VirtualAccount) },
  action: listVirtualAccounts.action,
  choose: ({ query }) => {
    const filter = readFilter(query.filter, 'name')
    if (!filter.ok) return filter
    const asked = shapes.pageAsked(query)
    const teams = shapes.texts(query.ownedByTeams)
    const expired = query.isExpired ?? null
    const plain = teams.length === 0 && expired === null && (query.filter ?? '') === ''
    const where = (one: VirtualAccount): boolean => {
      const { ownedBy, tags = {} } = manifestOf(one)
      return (
        (teams.length === 0 || teams.includes(ownedBy?.team ?? '')) &&
        (expired === null || one.expired === expired) &&
        filter.value({ name: one.subject.name, 'manifest.tags': tags })
      )
    }
    const input = { ...asked, text: query.nameSearchQuery ?? '', where: plain ? null : where }
    return ok(
      ask(listVirtualAccounts, input, ({ items, total }) =>
        shapes.page(items.map(people.virtualAccount), total, asked),
      ),
    )
  },
})

const exists = route({
  method: 'GET',
  path: '/api/svc/v1/virtual-accounts/exists',
  operationId: 'VirtualAccount.exists',
  summary: 'Whether there is a virtual account of a name',
  ...{ tag, query: schemas.existsQuery },
  success: { status: 200, schema: schemas.Exists },
  verb: virtualAccountExists,
  decode: ({ query }) => ok({ name: query.name }),
  encode: (there) => ({ exists: there }),
})

const get = route({
  method: 'GET',
  path: '/api/svc/v1/virtual-accounts/:id',
  operationId: 'VirtualAccount.getById',
  summary: 'Get a virtual account',
  ...{ tag, words, success, params: idParams },
  verb: getVirtualAccount,
  decode: ({ params }) => ok({ id: params.id }),
  encode: (one) => ({ data: people.virtualAccount(one) }),
})

const remove = route({
  method: 'DELETE',
  path: '/api/svc/v1/virtual-accounts/:id',
  operationId: 'VirtualAccount.delete',
  summary: 'Delete a virtual account: its tokens are dead at once',
  ...{ tag, words, params: idParams },
  success: { status: 200, schema: Empty },
  verb: deleteVirtualAccount,
  decode: ({ params }) => ok({ by: 'id', id: params.id }),
  encode: () => ({}),
})

export const virtualAccountRoutes: readonly Route[] = [put, list, exists, get, remove]
