import { ok } from '#domain/result.ts'
import type { SubjectKind } from '#domain/subject.ts'
import { createAccount, listAccounts, whoami, type Self } from '#core/accounts.ts'
import {
  createSubject,
  getSubject,
  listSubjects,
  removeSubject,
  updateSubject,
} from '#core/subjects.ts'
import { route, type Route } from '#dialects/dialect.ts'
import { isoTime } from '#dialects/schema.ts'
import * as schemas from './schemas.ts'
import * as shapes from './shapes.ts'

const LIMIT_DEFAULT = 100

/** The page a query asks for. */
export const pageAsked = ({
  after = '',
  limit = LIMIT_DEFAULT,
}: {
  after?: string
  limit?: number
}) => ({
  after,
  limit,
})

const reveal = (token: { reveal(): Uint8Array }): string =>
  Buffer.from(token.reveal()).toString('latin1')

const self = ({ caller, account }: Self) => ({
  id: caller.subject.id,
  kind: caller.subject.kind,
  name: caller.subject.name,
  email: caller.subject.email,
  role: caller.subject.role,
  account: shapes.account(account),
  teams: caller.teams,
  operator: caller.operator,
  token: {
    id: caller.token.id,
    scopes: caller.token.scopes,
    expires_at: caller.token.expiresAt === null ? null : isoTime(caller.token.expiresAt),
  },
})

const accounts: readonly Route[] = [
  route({
    method: 'GET',
    path: '/strongroom/v1/whoami',
    operationId: 'whoami',
    summary: 'Who the token speaks for',
    tag: 'Accounts',
    success: { status: 200, schema: schemas.Self },
    verb: whoami,
    decode: () => ok(null),
    encode: self,
  }),
  route({
    method: 'POST',
    path: '/strongroom/v1/accounts',
    operationId: 'createAccount',
    summary: 'Make an account, cut off from every other, with an admin of its own',
    tag: 'Accounts',
    body: schemas.Named,
    success: { status: 200, schema: schemas.MadeWithToken },
    verb: createAccount,
    decode: ({ body }) => ok({ name: body.name }),
    encode: ({ id, token }) => ({ id, token: reveal(token) }),
  }),
  route({
    method: 'GET',
    path: '/strongroom/v1/accounts',
    operationId: 'listAccounts',
    summary: 'List the accounts of this installation',
    tag: 'Accounts',
    query: schemas.pageQuery,
    success: { status: 200, schema: schemas.pageOf(schemas.Account) },
    verb: listAccounts,
    decode: ({ query }) => ok(pageAsked(query)),
    encode: ({ items, more }) => shapes.page(items.map(shapes.account), more, ({ id }) => id),
  }),
]

/** Users and service accounts are the same kind of thing: the same routes under two names. */
const subjects = (kind: SubjectKind, plural: string, one: string): readonly Route[] => [
  route({
    method: 'GET',
    path: `/strongroom/v1/${plural}`,
    operationId: `list${one}s`,
    summary: `List the ${plural.replace('-', ' ')} of the account`,
    tag: 'People',
    query: schemas.pageQuery,
    success: { status: 200, schema: schemas.pageOf(schemas.Subject) },
    verb: listSubjects,
    decode: ({ query }) => ok({ ...pageAsked(query), kind }),
    encode: ({ items, more }) => shapes.page(items.map(shapes.subject), more, ({ id }) => id),
  }),
  route({
    method: 'GET',
    path: `/strongroom/v1/${plural}/:id`,
    operationId: `get${one}`,
    summary: 'Get one of them',
    tag: 'People',
    params: schemas.params('id'),
    success: { status: 200, schema: schemas.Subject },
    verb: getSubject,
    decode: ({ params }) => ok({ id: params.id }),
    encode: shapes.subject,
  }),
  route({
    method: 'PATCH',
    path: `/strongroom/v1/${plural}/:id`,
    operationId: `update${one}`,
    summary: 'Change a role or a name, suspend or bring back',
    tag: 'People',
    params: schemas.params('id'),
    body: schemas.UpdateSubject,
    success: { status: 200, schema: schemas.Subject },
    verb: updateSubject,
    decode: ({ params, body: { role, state, name } }) =>
      ok({
        id: params.id,
        ...(role === undefined ? {} : { role }),
        ...(state === undefined ? {} : { state }),
        ...(name === undefined ? {} : { name }),
      }),
    encode: shapes.subject,
  }),
  route({
    method: 'DELETE',
    path: `/strongroom/v1/${plural}/:id`,
    operationId: `remove${one}`,
    summary: 'Remove one of them: its tokens are dead at once',
    tag: 'People',
    params: schemas.params('id'),
    success: { status: 200, schema: schemas.Made },
    verb: removeSubject,
    decode: ({ params }) => ok({ id: params.id }),
    encode: ({ id }) => ({ id }),
  }),
]

const makers: readonly Route[] = [
  route({
    method: 'POST',
    path: '/strongroom/v1/users',
    operationId: 'createUser',
    summary: 'Make a user, with a first token',
    tag: 'People',
    words: { thing: 'user' },
    body: schemas.CreateUser,
    success: { status: 200, schema: schemas.MadeWithToken },
    verb: createSubject,
    decode: ({ body: { email, role, name = email } }) => ok({ kind: 'user', role, email, name }),
    encode: ({ subject, token }) => ({ id: subject.id, token: reveal(token) }),
  }),
  route({
    method: 'POST',
    path: '/strongroom/v1/service-accounts',
    operationId: 'createServiceAccount',
    summary: 'Make a service account, with a first token',
    tag: 'People',
    words: { thing: 'service account' },
    body: schemas.CreateServiceAccount,
    success: { status: 200, schema: schemas.MadeWithToken },
    verb: createSubject,
    decode: ({ body: { name, role } }) => ok({ kind: 'service_account', role, email: null, name }),
    encode: ({ subject, token }) => ({ id: subject.id, token: reveal(token) }),
  }),
]

export const peopleRoutes: readonly Route[] = [
  ...accounts,
  ...makers,
  ...subjects('user', 'users', 'User'),
  ...subjects('service_account', 'service-accounts', 'ServiceAccount'),
]
