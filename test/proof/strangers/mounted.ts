import type { Core } from '#core/core.ts'
import { serverOf } from '#server/listen.ts'
import { dialects } from '#server/registry.ts'

/** A route as the server has it, whatever its table says: `GET /a/:/b`. */
export type Mounted = string

const INDENT = 4

/** Parameters by no name: two routes may call the same place differently. */
export const mountedAs = (method: string, path: string): Mounted =>
  `${method} ${path.replace(/:[^/]+/g, ':')}`

/** The routes of a printed tree, each line with what its branch adds to the path. */
export function routesIn(tree: string): readonly Mounted[] {
  const branch: string[] = []
  return tree.split('\n').flatMap((line) => {
    const found = /^([│ ]*)[├└]── (\S+)(?: \((.+)\))?$/.exec(line)
    if (found === null) return []
    const [, before = '', part = '', methods] = found
    branch.length = before.length / INDENT
    branch.push(part)
    const path = branch.join('').replace(/\(\[\^\]\+\)/g, '')
    return (methods?.split(', ') ?? []).map((method) => mountedAs(method, path))
  })
}

/** Every route of the server, with what `add` adds to it. */
export async function mountedRoutes(
  add: (app: Awaited<ReturnType<typeof serverOf>>) => void = () => undefined,
): Promise<readonly Mounted[]> {
  // No request is sent, so nothing is asked of a core.
  const app = await serverOf({} as Core, { basePath: '', tls: null })
  add(app)
  await app.ready()
  const routes = routesIn(app.printRoutes({ commonPrefix: false }))
  await app.close()
  return routes
}

/** What is no operation of any API: whether the server is there, and what the APIs are. */
export const isNoOperation = (route: Mounted): boolean =>
  route === 'GET /health' ||
  dialects.some(({ openapiPath }) => route === mountedAs('GET', openapiPath))
