import { accountCommands } from './account.ts'
import { auditCommands } from './audit.ts'
import type { Command } from './command.ts'
import { deleteCommands } from './delete.ts'
import { deletedCommands } from './deleted.ts'
import { environmentCommands } from './environment-create.ts'
import { environmentVariableCommands } from './environment-variables.ts'
import { getCommands } from './get.ts'
import { groupCommands } from './group.ts'
import { importCommands } from './import.ts'
import { keysCommands } from './keys.ts'
import { linkCommands } from './link.ts'
import { listCommands } from './list.ts'
import { loginCommands } from './login.ts'
import { loginApproveCommands } from './login-approve.ts'
import { moveCommands } from './move.ts'
import { runCommands } from './run.ts'
import { serviceAccountCommands } from './service-account.ts'
import { setCommands } from './set.ts'
import { shareCommands } from './share.ts'
import { storeCommands } from './store.ts'
import { teamCommands } from './team.ts'
import { tokenCommands } from './token.ts'
import { userCommands } from './user.ts'
import { verifyCommands } from './verify.ts'
import { versionCommands } from './versions.ts'

/** Every command by its words: help, dispatch and docs/cli.md agree with this table. */
export const commands: Readonly<Record<string, Command>> = {
  ...loginCommands,
  ...loginApproveCommands,
  ...setCommands,
  ...getCommands,
  ...listCommands,
  ...runCommands,
  ...deleteCommands,
  ...deletedCommands,
  ...versionCommands,
  ...linkCommands,
  ...groupCommands,
  ...shareCommands,
  ...importCommands,
  ...storeCommands,
  ...moveCommands,
  ...environmentCommands,
  ...environmentVariableCommands,
  ...teamCommands,
  ...userCommands,
  ...serviceAccountCommands,
  ...tokenCommands,
  ...auditCommands,
  ...verifyCommands,
  ...keysCommands,
  ...accountCommands,
}
