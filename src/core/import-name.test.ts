import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GroupKind } from '#domain/group.ts'
import { importName } from './import-name.ts'

test('a path becomes a name as its group spells it', () => {
  const cases: readonly (readonly [GroupKind, string, string, string | null])[] = [
    ['account', 'prod/DB_Password', 'prod/', 'db-password'],
    ['account', 'prod/DB_Password', '', 'prod-db-password'],
    ['account', '/prod/db', '/prod', 'prod-db'],
    ['account', '---', '', null],
    ['account', 'é', '', null],
    ['personal', 'prod-db.password', 'prod-', 'DB_PASSWORD'],
    ['personal', '2fa', '', 'FA'],
    ['environment', 'prod/2', 'prod/', null],
    ['named', 'prod/db:x', 'pr', 'prod.db.x'],
    ['named', 'prod/db', 'prod/d', 'db'],
    ['named', '..', '', null],
    ['named', '', '', null],
    ['credentials', 'prod/db', '', 'prod/db'],
    ['credentials', '/prod/db', '', 'prod/db'],
    ['account', 'x'.repeat(200), '', 'x'.repeat(90)],
    ['account', `${'x'.repeat(89)}-y`, '', 'x'.repeat(89)],
  ]
  for (const [kind, path, beginning, name] of cases) {
    assert.equal(importName(kind, path, beginning), name, `${kind} ${path} ${beginning}`)
  }
})
