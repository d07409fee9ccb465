import type { Token } from '#client/wire.ts'
import { SCOPES, type Scope } from '#domain/subject.ts'
import { command } from './command.ts'
import { Misuse } from './failure.ts'
import { showMade } from './made.ts'
import { all, serviceAccountId } from './named.ts'
import { moment, table } from './text.ts'

/** Scopes as they were typed, with commas or one by one. Throws `Misuse`. */
export function readScopes(given: readonly string[]): readonly Scope[] {
  const words = given.flatMap((text) => text.split(',')).map((word) => word.trim())
  return words.map((word) => {
    const scope = SCOPES.find((known) => known === word)
    if (scope === undefined) throw new Misuse(`a scope is one of ${SCOPES.join(', ')}`)
    return scope
  })
}

const units: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 3_600_000,
  d: 24 * 3_600_000,
  w: 7 * 24 * 3_600_000,
}

/** RFC 3339 with a zone. */
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/

/** The moment a token ends, from a span such as `30d` or the moment itself. Throws `Misuse`. */
export function readExpiry(text: string, now: number): string {
  const [, number = '', unit = ''] = /^([1-9]\d{0,6})([mhdw])$/.exec(text) ?? []
  const span = Number(number) * (units[unit] ?? Number.NaN)
  if (!Number.isNaN(span)) return new Date(now + span).toISOString()
  if (MOMENT.test(text) && !Number.isNaN(Date.parse(text))) return text
  throw new Misuse(
    '--expires takes a span such as 12h or 30d, or a moment such as 2030-01-31T00:00:00Z',
  )
}

function stateOf({ revoked_at, expires_at }: Token, now: number): string {
  if (revoked_at !== null) return 'revoked'
  return expires_at !== null && Date.parse(expires_at) <= now ? 'expired' : 'active'
}

const OWNER = 'Name a service account by id or name; the default is yourself.'

export const tokenCommands = {
  'token create': command({
    summary: 'Make a token for yourself, or (as an admin) for a service account',
    args: ['NAME'],
    flags: {
      scope: {
        takes: 'SCOPE',
        many: true,
        doc: `What it may: ${SCOPES.join(', ')}. Default: all.`,
      },
      expires: { takes: '30d|TIME', doc: 'When it ends. Default: in 90 days.' },
      'service-account': { takes: 'SERVICE_ACCOUNT', doc: OWNER },
    },
    more: 'Several scopes go behind one --scope with commas, or each behind its own.',
    async run(context, { args: [name], flags }) {
      const { scope, expires, 'service-account': owner } = flags
      const scopes = readScopes(scope)
      const expiry = expires === undefined ? undefined : readExpiry(expires, Date.now())
      const client = context.vault()
      const made = await client.createToken({
        name,
        ...(scopes.length === 0 ? {} : { scopes }),
        ...(expiry === undefined ? {} : { expires_at: expiry }),
        ...(owner === undefined ? {} : { service_account: await serviceAccountId(client, owner) }),
      })
      showMade(context, made)
    },
  }),
  'token list': command({
    summary: 'List your tokens, or (as an admin) those of a service account',
    args: [],
    flags: { 'service-account': { takes: 'SERVICE_ACCOUNT', doc: OWNER } },
    async run({ vault, show }, { flags: { 'service-account': owner } }) {
      const client = vault()
      const id = owner === undefined ? undefined : await serviceAccountId(client, owner)
      const tokens = await all(client.tokens(id))
      const now = Date.now()
      show(tokens, () =>
        table(
          ['ID', 'NAME', 'SCOPES', 'STATE', 'CREATED', 'EXPIRES'],
          tokens.map((token) => [
            ...[token.id, token.name, token.scopes?.join(',') ?? 'all', stateOf(token, now)],
            ...[moment(token.created_at), moment(token.expires_at)],
          ]),
        ),
      )
    },
  }),
  'token revoke': command({
    summary: 'Revoke a token; in force at once',
    args: ['ID'],
    flags: {},
    async run({ vault, show }, { args: [id] }) {
      const token = await vault().revokeToken(id)
      show(token, () => `revoked ${token.id}\n`)
    },
  }),
}
