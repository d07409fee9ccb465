import type { Canaries } from './canaries.ts'

/** A command that fails, or does its work in silence, and what it is given. */
export interface Command {
  readonly what: string
  readonly args: readonly string[]
  readonly input?: string
  /** Files in its folder, by their names. */
  readonly files?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
}

type Make = (canary: (about: string) => string) => Omit<Command, 'what'>

/** What a file for `import` can be, when it is not what it should be. */
const files: Readonly<Record<string, (one: string, other: string) => string>> = {
  'a quote that does not end': (one) => `A="${one}`,
  'a quote that ends early': (one, other) => `A="${one}" ${other}\nB=${one}`,
  'no equals sign': (one, other) => `A=${other}\n${one}\n`,
  'a value as a name': (one) => `${one}-${one}!=x\n`,
  'the same name twice': (one, other) => `A=${one}\nA=${other}\n`,
  'an odd name': (one) => `a b.c/d=${one}\n`,
  'a name too long': (one) => `${'N'.repeat(500)}=${one}\n`,
  'a value too large': (one) => `A=${one.repeat(4_000)}\n`,
  'an empty byte': (one, other) => `A=${one}\0${other}\n`,
  'a bad escape': (one) => `A="${one}\\q\\u12${one}"\n`,
  'broken JSON': (one, other) => `{"A":"${one}","B":${other}}`,
  'JSON cut off': (one) => `{"A":"${one}`,
  'JSON of other types': (one, other) => `{"A":{"${one}":"${other}"},"B":["${one}"]}`,
  'JSON with a number': () => `{"A":123456789012345678}`,
  'a list': (one) => `["${one}"]`,
  'no text': (one) => `\u0000\u0001${one}`,
}

const imports = Object.entries(files).flatMap(([kind, made]) =>
  [[], ['--apply']].map((more): readonly [string, Make] => [
    `import ${kind} ${more.join('')}`,
    (canary) => ({
      args: ['import', 'given', '--group', 'app', ...more],
      files: { given: made(canary('a value'), canary('another value')) },
    }),
  ]),
)

/** Nothing answers there. */
const GONE = { STRONGROOM_URL: 'http://127.0.0.1:1' }

const others: Readonly<Record<string, Make>> = {
  'set in no group': (canary) => ({
    args: ['set', 'x', '--group', 'none'],
    input: canary('stdin'),
  }),
  'set under an odd name': (canary) => ({ args: ['set', 'a b/ö'], input: canary('stdin') }),
  'set of JSON that is none': (canary) => ({
    ...{ args: ['set', 'j', '--type', 'json', '--group', 'app'], input: canary('stdin') },
  }),
  'set too large': (canary) => ({ args: ['set', 'x'], input: canary('stdin').repeat(4_000) }),
  'set as an argument': (canary) => ({ args: ['set', 'x', canary('an argument')] }),
  'set as a flag': (canary) => ({ args: ['set', 'x', '--value', canary('a flag')] }),
  'set as a flag of one word': (canary) => ({ args: ['set', 'x', `--value=${canary('a flag')}`] }),
  'set as an unknown flag': (canary) => ({ args: ['set', 'x', `--${canary('a flag')}`] }),
  'set without a vault': (canary) => ({ args: ['set', 'x'], input: canary('stdin'), env: GONE }),
  'set by a wrong token': (canary) => ({
    ...{ args: ['set', 'x'], input: canary('stdin') },
    env: { STRONGROOM_TOKEN: canary('a token') },
  }),
  'set by an odd token': (canary) => ({
    ...{ args: ['set', 'x'], input: canary('stdin') },
    env: { STRONGROOM_TOKEN: `${canary('a token')}\u00e9 ${canary('a token')}` },
  }),
  'set at a vault with a password': (canary) => ({
    ...{ args: ['set', 'x'], input: canary('stdin') },
    env: { STRONGROOM_URL: `http://user:${canary('a password')}@127.0.0.1:1` },
  }),
  'set where nothing is a vault': (canary) => ({
    ...{ args: ['set', 'x'], input: canary('stdin') },
    env: { STRONGROOM_URL: `notaurl ${canary('an address')}` },
  }),
  'set from no file': () => ({ args: ['set', 'x', '--from-file', 'none'] }),
  'set a link': (canary) => ({ args: ['set', 'linked', '--group', 'app'], input: canary('stdin') }),
  'get of nothing': () => ({ args: ['get', 'none', '--group', 'app'] }),
  'get of no version': () => ({ args: ['get', 'plain', '--group', 'app', '--version', '99'] }),
  'a store with a broken credential': (canary) => ({
    args: [
      'store',
      'create',
      's',
      '--kind',
      'vault',
      '--url',
      'http://127.0.0.1:1',
      '--credential-stdin',
    ],
    input: `{"token":"${canary('a credential')}`,
  }),
  'a store that is not there': (canary) => ({
    args: [
      'store',
      'create',
      's',
      '--kind',
      'vault',
      '--url',
      'http://127.0.0.1:1',
      '--credential-stdin',
    ],
    input: `{"token":"${canary('a credential')}"}`,
  }),
  'a store by an argument': (canary) => ({
    args: ['store', 'create', 's', '--kind', 'vault', '--credential', canary('a credential')],
  }),
  'login with a wrong token': (canary) => ({
    ...{ args: ['login', '--token-stdin'], input: canary('stdin') },
  }),
  'run of nothing': () => ({ args: ['run', '--group', 'app', '--', 'no-such-command'] }),
  'run of a folder': () => ({ args: ['run', '--group', 'app', '--', '/'] }),
  'run that fails': () => ({ args: ['run', '--group', 'app', '--', 'sh', '-c', 'exit 3'] }),
  'run that is killed': () => ({ args: ['run', '--group', 'app', '--', 'sh', '-c', 'kill -9 $$'] }),
  'run with files': () => ({ args: ['run', '--group', 'files', '--', 'false'] }),
  'run of what clashes': () => ({ args: ['run', '--group', 'clash', '--', 'true'] }),
  'run of what is dangerous': () => ({ args: ['run', '--group', 'danger', '--', 'true'] }),
  'run of an empty byte': () => ({ args: ['run', '--group', 'nul', '--', 'true'] }),
  'run without a vault': () => ({ args: ['run', '--group', 'app', '--', 'true'], env: GONE }),
  list: () => ({ args: ['list', '--group', 'app'] }),
  'list as JSON': () => ({ args: ['list', '--group', 'app', '--json'] }),
  audit: () => ({ args: ['audit'] }),
  'audit as JSON': () => ({ args: ['audit', '--json'] }),
}

/** Every command, with canaries of its own. */
export const commandsOf = (canaries: Canaries): readonly Command[] =>
  [...imports, ...Object.entries(others)].map(([what, make]) => ({
    what,
    ...make((about) => canaries.make(`${what}: ${about}`)),
  }))
