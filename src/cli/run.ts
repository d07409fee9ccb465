import type { StrongroomClient } from '#client/client.ts'
import { runChild } from './child.ts'
import { command } from './command.ts'
import { variablesOf, type Opened, type Variable } from './environment.ts'
import { Misuse } from './failure.ts'
import { GROUPS_HELP, groupRef } from './places.ts'
import { SecretFiles } from './secret-files.ts'

type Env = Readonly<Record<string, string | undefined>>

const TOKEN = 'STRONGROOM_TOKEN'

/** The environment of the child: ours without the token, and the secrets on top. */
function environment(
  env: Env,
  keepToken: boolean,
  variables: readonly Variable[],
  files: SecretFiles,
): NodeJS.ProcessEnv {
  const { [TOKEN]: token, ...others } = env
  const ours = keepToken ? { ...others, [TOKEN]: token } : others
  const theirs = variables.map((variable) => {
    const { name, secret } = variable
    const text = Buffer.from(secret.value.reveal())
    return [name, secret.file ? files.add(variable) : text.toString('utf8')] as const
  })
  return { ...ours, ...Object.fromEntries(theirs) }
}

async function readAll(
  client: StrongroomClient,
  { group: groups, environment: environments }: Record<'group' | 'environment', readonly string[]>,
): Promise<readonly Opened[]> {
  const opened: Opened[] = []
  for (const group of groups) {
    opened.push({ group, secrets: await client.readGroup(await groupRef(client, group)) })
  }
  for (const group of environments) {
    opened.push({ group, secrets: await client.injection(group) })
  }
  return opened
}

const run = command({
  summary: 'Run a command with the secrets of a group or an environment in its environment',
  args: [],
  flags: {
    group: { takes: 'GROUP', many: true, doc: 'Whose secrets. May be repeated.' },
    environment: {
      ...{ takes: 'OWNER/NAME', many: true },
      doc: 'Whose variables, linked and own secrets, each going before the last. May be repeated.',
    },
    'allow-override': { doc: 'Let a secret set a variable such as PATH or LD_PRELOAD.' },
    'keep-token': { doc: `Leave ${TOKEN} in the environment of the command.` },
  },
  rest: '-- COMMAND [ARGUMENT...]',
  more: [
    `A name that cannot be a variable is turned to upper case, other signs to _ (openai-key: OPENAI_KEY).`,
    'Of a secret set --as-file the variable holds the path; the file is gone when the command ends.',
    `There is no shell between, signals are passed on, and the exit code is that of the command. ${GROUPS_HELP}`,
  ].join(' '),
  async run({ vault, terminal: { env } }, { flags, rest }) {
    if (flags.group.length + flags.environment.length === 0) {
      throw new Misuse('run: --group GROUP or --environment OWNER/NAME is missing')
    }
    const groups = await readAll(vault(), flags)
    const variables = variablesOf(groups, flags['allow-override'])
    const files = new SecretFiles()
    const remove = () => files.remove()
    process.on('exit', remove)
    try {
      // In one turn of the event loop, so that no signal comes between the files and the child.
      return await runChild(rest, environment(env, flags['keep-token'], variables, files))
    } finally {
      remove()
      process.off('exit', remove)
    }
  },
})

export const runCommands = { run }
