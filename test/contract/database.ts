import { exerciseAccounts } from './database/accounts.ts'
import { exerciseCommits } from './database/commits.ts'
import { onGround, type Open } from './database/ground.ts'
import { exerciseLog } from './database/log.ts'
import { exercisePages } from './database/pages.ts'
import { exerciseSubjects, exerciseTeams, exerciseTokens } from './database/people.ts'
import { exerciseSecrets } from './database/secrets.ts'
import { exerciseSharing } from './database/sharing.ts'

/** What every database must do; `open` gives an empty one at each call. */
export function exerciseDatabase(label: string, open: Open): void {
  const on = onGround(label, open)
  exerciseAccounts(on)
  exerciseSubjects(on)
  exerciseTeams(on)
  exerciseTokens(on)
  exerciseSecrets(on)
  exerciseSharing(on)
  exercisePages(on)
  exerciseCommits(on, label, open)
  exerciseLog(on)
}
