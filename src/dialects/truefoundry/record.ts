import Type from 'typebox'
import { ok } from '#domain/result.ts'
import { searchRecord, type FoundEntry, type Said } from '#core/search-record.ts'
import { ask, choosingRoute, type Route } from '#dialects/dialect.ts'
import { DateTime, isoTime, Nullable } from '#dialects/schema.ts'
import type { Account } from '#ports/database.ts'
import { readMoment } from './moments.ts'
import { AnyObject, pageOf, pageQuery, Subject } from './schemas.ts'
import * as shapes from './shapes.ts'

const filter = () => Type.Optional(Nullable(Type.String()))

const auditQuery = Type.Object({
  ...pageQuery,
  metric: Type.Enum(['list', 'count']),
  action: filter(),
  resourceId: filter(),
  resourceType: filter(),
  resourceName: filter(),
  resourceFqn: filter(),
  clusterId: filter(),
  workspaceId: filter(),
  subjectSlug: filter(),
  start: filter(),
  end: filter(),
})

const maybe = () => Nullable(Type.String())

const AuditLog = Type.Object(
  {
    id: Type.String(),
    requestPath: Type.String(),
    action: Type.String(),
    resourceType: maybe(),
    resourceId: maybe(),
    resourceName: maybe(),
    resourceFqn: maybe(),
    tenantName: Type.String(),
    clusterId: maybe(),
    workspaceId: maybe(),
    subject: Subject,
    metaData: AnyObject(),
    createdAt: DateTime(),
    updatedAt: DateTime(),
  },
  { title: 'AuditLog' },
)

interface Kind {
  readonly type: string
  /** Where this API has things of the kind. */
  readonly path: string
}

/** What the kinds of thing in the record are called here. */
const kinds: ReadonlyMap<string, Kind> = new Map([
  ['account', { type: 'tenant', path: '/session' }],
  ['binding', { type: 'role-binding', path: '/apply' }],
  ['group', { type: 'secret-group', path: '/secret-groups' }],
  ['secret', { type: 'secret', path: '/secrets' }],
  ['subject', { type: 'user', path: '/users' }],
  ['team', { type: 'team', path: '/teams' }],
  ['token', { type: 'personal-access-token', path: '/personal-access-tokens' }],
  ['variable', { type: 'variable', path: '' }],
])

const BASE = '/api/svc/v1'

/** The record keeps no path: this is where the thing is found here, whichever API it was done by. */
const pathOf = ({ target, id }: Said): string => {
  const path = target === null ? undefined : kinds.get(target)?.path
  return `${BASE}${path ?? ''}${path === undefined || id === null ? '' : `/${id}`}`
}

const typeOf = ({ target }: Said): string | null =>
  target === null ? null : (kinds.get(target)?.type ?? target)

/** Full names are given for groups: of a secret the record does not say in which group it is. */
const fqnOf = ({ name: tenant }: Account, { target, name }: Said): string | null =>
  target === 'group' && name !== null ? `${tenant}:${name}` : null

const system = {
  ...{ subjectId: 'strongroom', subjectType: 'serviceaccount' },
  ...{ subjectSlug: 'strongroom', subjectDisplayName: null },
}

const entry = (account: Account, { said, subject }: FoundEntry) => ({
  ...{ id: String(said.seq), requestPath: pathOf(said), action: said.action },
  ...{ resourceType: typeOf(said), resourceId: said.id, resourceName: said.name },
  ...{ resourceFqn: fqnOf(account, said), tenantName: account.name },
  ...{ clusterId: null, workspaceId: null },
  subject: subject === null ? system : shapes.subject(subject),
  metaData: {
    ...{ api: said.api, outcome: said.outcome },
    ...(said.reason === null ? {} : { reason: said.reason }),
    ...(said.version === null ? {} : { version: said.version }),
  },
  ...{ createdAt: isoTime(said.at), updatedAt: isoTime(said.at) },
})

/** An empty parameter is one that was not given. */
const given = (text: string | null | undefined): string | null =>
  text === undefined || text === '' ? null : text

export const recordRoutes: readonly Route[] = [
  choosingRoute({
    method: 'GET',
    path: '/api/svc/v1/audit-logs',
    operationId: 'ActivityLog.queryActivityLogPaginated',
    summary: 'Search the record, newest first: all of it as an admin, else what you did yourself',
    tag: 'Audit logs',
    query: auditQuery,
    success: { status: 200, schema: pageOf(AuditLog) },
    action: searchRecord.action,
    choose: ({ query }) => {
      const from = readMoment(given(query.start), ['query', 'start'])
      if (!from.ok) return from
      const until = readMoment(given(query.end), ['query', 'end'])
      if (!until.ok) return until
      const [type, name, fqn] = [query.resourceType, query.resourceName, query.resourceFqn].map(
        given,
      )
      const action = given(query.action)
      const nowhere = given(query.clusterId) !== null || given(query.workspaceId) !== null
      const slugs = shapes.texts(query.subjectSlug ?? undefined)
      const asked = shapes.pageAsked(query)
      const input = {
        ...{ ...asked, target: given(query.resourceId), from: from.value, until: until.value },
        by: slugs.length === 0 ? null : slugs,
        where: (said: Said, account: Account) =>
          !nowhere &&
          (action === null || said.action === action) &&
          (type === null || typeOf(said) === type) &&
          (name === null || said.name === name) &&
          (fqn === null || fqnOf(account, said) === fqn),
      }
      return ok(
        ask(searchRecord, input, ({ account, items, total }) =>
          shapes.page(
            query.metric === 'count' ? [] : items.map((one) => entry(account, one)),
            total,
            asked,
          ),
        ),
      )
    },
  }),
]
