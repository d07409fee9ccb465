import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Route } from '#dialects/dialect.ts'
import { callOf, routes, sendCall } from '#test/support/calls.ts'
import { manifests } from '#test/support/calls/truefoundry.ts'
import type { Body } from '#test/support/calls/call.ts'
import { settle, type Estate } from '#test/support/estate.ts'
import { onEachEngine } from '#test/support/house.ts'

/** Other ways to spell a word of ours, none of which is that word. */
const spelled = (word: string): readonly string[] => [
  ...[word.toUpperCase(), `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`, ` ${word}`],
  ...[`${word} `, `${word}\t`, `${word}\n`, `\u00a0${word}`, `${word}\u200b`, `\ufeff${word}`],
  ...[`${word}\u0000`, wide(word), word.replace(/[aeio]/, '$&\u0301'), `${word},${word}`, ''],
  ...[word.replace('a', '\u0430'), `${word}s`, word.slice(1), `"${word}"`, `${word};`].filter(
    (one) => one !== word,
  ),
]

/** As full-width letters, which NFKC folds to these. */
const wide = (word: string): string =>
  word.replace(/[a-z]/g, (letter) => String.fromCodePoint((letter.codePointAt(0) ?? 0) + 0xfee0))

interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>
  readonly items?: Shape
  readonly enum?: readonly unknown[]
}

/** A body that holds one spelling at one place. */
interface Spelling {
  readonly route: Route
  readonly what: string
  readonly body: (estate: Estate) => Body
}

/** The members of a body that hold one of our words. */
function bySchema(route: Route): readonly Spelling[] {
  const { properties = {} } = (route.schemas.body ?? {}) as Shape
  return Object.entries(properties).flatMap(([name, { enum: words, items }]) =>
    (words ?? items?.enum ?? [])
      .filter((word) => typeof word === 'string')
      .flatMap(spelled)
      .filter((word) => !(words ?? items?.enum ?? []).includes(word))
      .map((word) => ({
        ...{ route, what: `${name} ${JSON.stringify(word)}` },
        body: (estate: Estate) => ({
          ...callOf(route, estate).body,
          [name]: words === undefined ? [word] : word,
        }),
      })),
  )
}

const routeOf = (operationId: string): Route => {
  const found = routes.find((route) => route.operationId === operationId)
  assert.ok(found !== undefined)
  return found
}

/** Roles that manifests name: texts to their schemas, read by hand. */
function byManifest(): readonly Spelling[] {
  const spelling = (operation: string, word: string, body: (estate: Estate) => Body): Spelling => ({
    ...{ route: routeOf(operation), what: `${operation} ${JSON.stringify(word)}` },
    body,
  })
  const ofGroup = spelled('secret-group-admin').flatMap((role) => [
    spelling('Apply.put', role, (estate) => ({
      manifest: {
        ...manifests.binding(estate),
        permissions: [{ resourceType: 'secret-group', resourceFqn: estate.groupFqn, role }],
      },
    })),
    spelling('SecretGroup.put', role, (estate) => ({
      manifest: {
        ...manifests.group(estate),
        collaborators: [{ subject: `user:${estate.userEmail}`, role_id: role }],
      },
    })),
  ])
  const ofTenant = spelled('tenant-admin').flatMap((role) => [
    spelling('User.patchRoles', role, ({ userEmail }) => ({ email: userEmail, roles: [role] })),
    spelling('VirtualAccount.put', role, (estate) => ({
      manifest: {
        ...manifests.virtualAccount(estate),
        permissions: [{ resource_fqn: estate.name, resource_type: 'tenant', role_id: role }],
      },
    })),
  ])
  return [...ofGroup, ...ofTenant]
}

onEachEngine(
  (house) => {
    // Bug class 3: CVE-2025-5999, CVE-2025-54996, CVE-2025-64761.
    test('a role or a scope in any other spelling is none, wherever one is given', async (t) => {
      const estate = await settle(await house().tenant())
      const all = [...routes.flatMap(bySchema), ...byManifest()]
      const powers = async () =>
        (await estate.admin.as(estate.userToken).get('/strongroom/v1/whoami')).expect(200).text
      const before = await powers()
      for (const { route, what, body } of all) {
        const call = { ...callOf(route, estate), body: body(estate) }
        const { status, text } = await sendCall(estate.admin, route, call)
        assert.ok([400, 422].includes(status), `${route.operationId} ${what}: ${status} ${text}`)
      }
      assert.equal(await powers(), before)
      assert.ok(all.length > 300)
      t.diagnostic(`${all.length} spellings`)
    })
  },
  ['SQLite'],
)
