import type { Shown } from '#ports/database.ts'
import { allAsked, asked } from './asked.ts'
import type { Engine } from './engine.ts'
import { toSecretInfo, toShown, type SecretInfoRow } from './rows.ts'
import type { Nouns } from './sealed-rows.ts'
import * as secrets from './sql/secrets.ts'

/** What the entries of a group show: links are followed, and one whose target is gone is left out. */
export async function show(
  engine: Engine,
  nouns: Nouns,
  group: string,
  rows: readonly SecretInfoRow[],
): Promise<Shown[]> {
  const shown: Shown[] = []
  for (const row of allAsked(rows, { group_id: group })) {
    if (row.links_to === null) {
      shown.push(toShown(row))
      continue
    }
    const link = nouns.link(row)
    const { account_id, links_to: id, name } = row
    const found = await engine.get(secrets.getSecret, { account: account_id, id })
    const target = asked(found, { account_id, id })
    if (target !== null && target.deleted_at === null) {
      shown.push({ name, secret: toSecretInfo(target), link })
    }
  }
  return shown
}
