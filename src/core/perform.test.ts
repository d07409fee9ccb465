import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { test } from 'node:test'
import type { World } from '#ports/world.ts'
import { groundIn, type Ground } from '#test/contract/database/ground.ts'
import { aToken, newId } from '#test/contract/database/rows.ts'
import { openSealed } from '#test/support/database.ts'
import { ownDirectory } from '#test/support/directory.ts'
import { tokensOf } from '#server/tokens.ts'
import { Callers } from './callers.ts'
import type { Core } from './core.ts'
import { KeptSecrets } from './kept-secrets.ts'
import { perform, type Verb } from './perform.ts'
import { Secrets } from './secrets.ts'

const world: World = { now: Date.now, random: (n) => randomBytes(n) }
const origin = { dialect: 'strongroom', address: '192.0.2.7' }

/** Somebody who is known, what is kept of secrets, and a core with no more than refusing needs. */
async function stage(ground: Ground) {
  const { database } = ground
  const tokens = tokensOf(randomBytes(32), newId(), world)
  const { text, keyId, digest } = tokens.mint('user')
  const token = Buffer.from(text.reveal()).toString()
  await ground.must({ write: 'token', row: aToken(ground.admin, { keyId }), digest })
  const callers = new Callers(database.reads, tokens, world)
  const kept = new KeptSecrets()
  const secrets = new Secrets(database.reads, kept)
  const found = await callers.findAfresh(token)
  assert.ok(found !== null)
  const core = { world, database, callers, secrets } as Core
  return { core, kept, session: { origin, token, found } }
}

test('a refusal is decided again on what is read for it, whatever others keep meanwhile', async (t) => {
  const path = join(await ownDirectory(), 'strongroom.db')
  const database = await openSealed({ engine: 'sqlite', path })
  t.after(() => database.close())
  const ground = await groundIn(database)
  const { core, kept, session } = await stage(ground)
  const [secret] = await ground.secrets(ground.group, 'one')
  assert.ok(secret !== undefined)
  const before = await core.secrets.get(ground.account.id, secret.id)
  assert.ok(before !== null)
  // By another server: nothing that is kept here hears of it.
  await ground.must({
    write: 'changed-secret',
    row: { ...secret, description: 'changed', revision: 2 },
  })
  const shown: unknown[] = []
  const refusing: Verb<null, never, 'secret.update'> = {
    action: 'secret.update',
    async decide({ secrets }, { account }) {
      // A request that began earlier read this before the change, and comes to keep it now.
      kept.keep(before)
      const read = await secrets.get(account, secret.id)
      shown.push(
        read?.secret.description,
        secrets.named(ground.group.id, 'one')?.secret.description,
      )
      return { fault: { kind: 'not_found', thing: 'secret' } }
    },
  }
  const outcome = await perform(core, session, refusing, null)
  assert.equal(outcome.ok, false)
  assert.deepEqual(shown, [secret.description, secret.description, 'changed', undefined])
})
