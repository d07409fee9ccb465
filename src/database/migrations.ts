import { readFileSync, readdirSync } from 'node:fs'
import { DatabaseDown } from '#ports/database.ts'

export interface Migration {
  readonly number: number
  readonly name: string
  readonly sql: string
}

const folder = new URL('./migrations/', import.meta.url)

/** Every migration of this release, in order. A file is never edited once it was released. */
export const migrations = (): readonly Migration[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => ({
      number: Number(file.slice(0, 4)),
      name: file,
      sql: readFileSync(new URL(file, folder), 'utf8'),
    }))

/** From this schema on rows that say who may read bear seals; nobody can tell what older ones should say. */
const SEALED_FROM = 4

/**
 * Which migrations a database that has seen `applied` still needs; `founded` is whether there is an
 * installation in it. Throws `DatabaseDown` on a newer database, and on one in use without seals.
 */
export function pending(applied: number, founded: boolean): readonly Migration[] {
  const known = migrations()
  const newest = known.at(-1)?.number ?? 0
  if (applied > newest) {
    throw new DatabaseDown(
      `the database was written by a newer Strongroom (schema ${applied}, this release knows ` +
        `${newest}): start that release, or restore a backup made by this one`,
    )
  }
  if (founded && applied < SEALED_FROM) {
    throw new DatabaseDown(
      `the database was made before the first release of Strongroom (schema ${applied}): its rows ` +
        `that say who may read have no seals, and cannot be carried over. Start with an empty database`,
    )
  }
  return known.filter((migration) => migration.number > applied)
}
