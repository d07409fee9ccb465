import { command } from './command.ts'
import { ENVIRONMENTS_HELP } from './environment-create.ts'
import { clean, moment, table } from './text.ts'

export const environmentVariableCommands = {
  'environment variables': command({
    summary: 'List the variables of an environment: plain values, no secrets',
    args: ['ENVIRONMENT'],
    flags: {},
    more: ENVIRONMENTS_HELP,
    async run({ vault, show }, { args: [environment] }) {
      const found = await vault().variables(environment)
      show(found, () =>
        table(
          ['NAME', 'VALUE', 'UPDATED', 'ID'],
          found.map(({ name, value, updated_at, id }) => [name, value, moment(updated_at), id]),
        ),
      )
    },
  }),
  'environment set-variable': command({
    summary: 'Set a variable of an environment to a plain value',
    args: ['ENVIRONMENT', 'NAME', 'VALUE'],
    flags: {},
    more: `No secret: a variable is shown to everyone who may see the environment. For a secret, use \`set --group ENVIRONMENT\`. ${ENVIRONMENTS_HELP}`,
    async run({ vault, show }, { args: [environment, name, value] }) {
      const made = await vault().putVariable(environment, name, value)
      show(made, () => `${clean(name)} in ${clean(environment)}\n`)
    },
  }),
  'environment delete-variable': command({
    summary: 'Delete a variable of an environment',
    args: ['ENVIRONMENT', 'NAME'],
    flags: {},
    more: ENVIRONMENTS_HELP,
    async run({ vault, show }, { args: [environment, name] }) {
      const made = await vault().deleteVariable(environment, name)
      show(made, () => `deleted ${clean(name)}\n`)
    },
  }),
}
