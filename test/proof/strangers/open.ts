import { readFile } from 'node:fs/promises'
import type { Route } from '#dialects/dialect.ts'
import type { Api } from '#test/support/api.ts'
import { callOf, routes, targetOf } from '#test/support/calls.ts'
import type { Estate } from '#test/support/estate.ts'
import { mountedAs, type Mounted } from './mounted.ts'

const DOCUMENT = new URL('../../../docs/threat-model.md', import.meta.url)
const HEADING = '## What answers without a token'

/** The routes that the threat model says answer without a token. */
export async function documentedOpen(): Promise<readonly Mounted[]> {
  const text = await readFile(DOCUMENT, 'utf8')
  const [, section = ''] = text.split(`${HEADING}\n`)
  const [said = ''] = section.split('\n## ')
  return [...said.matchAll(/`([A-Z]+ \/\S*)`/g)].map(([, route = '']) => route).sort()
}

const byMounted = new Map<Mounted, Route>(
  routes.map((route) => [mountedAs(route.method, route.path), route]),
)

/** Of these routes those that do not ask for a token. */
export async function openAmong(
  mounted: readonly Mounted[],
  estate: Estate,
  nobody: Api,
): Promise<readonly Mounted[]> {
  const found: Mounted[] = []
  for (const one of mounted) {
    const [method = '', path = ''] = one.split(' ')
    const route = byMounted.get(one)
    const call = route && callOf(route, estate)
    const target = route && call ? targetOf(route, call) : path
    const body = call?.body == null ? {} : { body: call.body }
    const { status } = await nobody.send(method, target, body)
    if (status !== 401) found.push(one)
  }
  return found.sort()
}
