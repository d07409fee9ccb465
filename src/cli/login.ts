import { StrongroomClient } from '#client/client.ts'
import { vaultUrl } from '#client/http.ts'
import type { Self } from '#client/wire.ts'
import { TOKEN_CHARACTERS_MAX } from '#domain/limits.ts'
import { SecretValue } from '#domain/secret-value.ts'
import { command, type Context } from './command.ts'
import { Failure } from './failure.ts'
import { readLogin, removeLogin, writeLogin } from './login-file.ts'
import { readFileBytes, type Terminal } from './terminal.ts'
import { facts, moment } from './text.ts'
import { urlVariable } from './vault.ts'

/** Where `strongroom serve` listens by default. */
const URL_DEFAULT = 'http://127.0.0.1:7420'

/** A token with the white space around it; whether it is one is for the vault to say. */
const TOKEN_INPUT_MAX = TOKEN_CHARACTERS_MAX + 100

const login = command({
  summary: 'Keep the address and a token of a vault for later commands',
  args: [],
  flags: {
    url: { takes: 'URL', doc: `The vault. Default: STRONGROOM_URL, or ${URL_DEFAULT}.` },
    'token-file': { takes: 'PATH', doc: 'Read the token from a file.' },
  },
  extra: 'a token is not taken from the command line, where others can see it',
  more: 'The token is asked for without being shown; when standard input is not a terminal it is read from there.',
  async run(context, { flags }) {
    const { terminal } = context
    const { env } = terminal
    const url = flags.url ?? urlVariable(env) ?? URL_DEFAULT
    warnOfPlainText(terminal, vaultUrl(url))
    const token = await readToken(terminal, flags['token-file'])
    const client = new StrongroomClient({ url, token })
    const self = await client.whoami()
    const path = writeLogin(env, { url: client.url, token })
    if (env['STRONGROOM_TOKEN'] !== undefined) {
      terminal.say('strongroom: note: STRONGROOM_TOKEN is set, and goes before the login')
    }
    context.show({ url: client.url, path, ...self }, () =>
      facts({ 'logged in to': client.url, as: called(self), account: self.account.name }),
    )
  },
})

function warnOfPlainText({ say }: Terminal, { protocol, hostname }: URL): void {
  const local = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')
  if (protocol === 'http:' && !local) {
    say('strongroom: note: this address is not HTTPS: others on the way can read the token')
  }
}

async function readToken(terminal: Terminal, path: string | undefined): Promise<SecretValue> {
  const bytes = await (path !== undefined
    ? readFileBytes(path, TOKEN_INPUT_MAX)
    : terminal.typed
      ? terminal.ask('token: ', TOKEN_INPUT_MAX)
      : terminal.input(TOKEN_INPUT_MAX))
  const text = Buffer.from(bytes).toString('utf8').trim()
  if (text === '')
    throw new Failure('there is no token: give it at the prompt, or on standard input')
  return SecretValue.fromText(text)
}

const called = ({ name, email, kind, role }: Self): string =>
  `${email ?? name} (${kind.replace('_', ' ')}, ${role})`

const logout = command({
  summary: 'Forget the login; its token stays valid until it is revoked',
  args: [],
  flags: {},
  run({ terminal, show }) {
    const url = loginUrl(terminal)
    const removed = removeLogin(terminal.env)
    show({ removed, url }, () =>
      removed ? `logged out of ${url ?? 'the vault'}\n` : 'there was no login\n',
    )
    return Promise.resolve()
  },
})

/** A login that cannot be read can still be forgotten. */
function loginUrl({ env }: Terminal): string | null {
  try {
    return readLogin(env)?.url ?? null
  } catch {
    return null
  }
}

const whoami = command({
  summary: 'Show who the token speaks for',
  args: [],
  flags: {},
  async run(context: Context) {
    const client = context.vault()
    const self = await client.whoami()
    const { id, account, teams, operator, token } = self
    context.show(self, () =>
      facts({
        vault: client.url,
        who: called(self),
        id,
        account: `${account.name} (${account.id})`,
        teams: teams.length === 0 ? null : teams.join(', '),
        operator: operator ? 'yes' : null,
        token: token.id,
        scopes: token.scopes === null ? 'all' : token.scopes.join(', '),
        expires: token.expires_at === null ? 'never' : moment(token.expires_at),
      }),
    )
  },
})

export const loginCommands = { login, logout, whoami }
