import { importsOf, isShipped, isTypeScript, pathOf, type File, type Law } from './tree.ts'

/** Which rooms a room may import, besides itself. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  ports: ['domain'],
  crypto: ['domain'],
  core: ['domain', 'ports', 'crypto'],
  dialects: ['domain', 'ports', 'core'],
  stores: ['domain', 'ports', 'crypto'],
  kms: ['domain', 'ports', 'crypto'],
  database: ['domain', 'ports'],
  client: ['domain'],
  cli: ['domain', 'client'],
  server: ['domain', 'ports', 'crypto', 'core', 'dialects', 'stores', 'kms', 'database'],
}

/** Only what checks the record without a vault looks at its roots by itself. */
const VERIFIES = /^src\/cli\/verify(?:-[a-z-]+)?\.ts$/

/** Rooms whose folders know nothing of each other; what they share lies beside the folders. */
const APART = new Set(['dialects', 'stores', 'kms'])

/** A store that seals values itself; the others only pass them on. */
const SEALS = 'src/stores/embedded/'

const roomOf = (path: string): string => /^src\/([^/]+)\//.exec(path)?.[1] ?? path

/** The folder of a room that a file is in; `null` right in the room. */
const folderOf = (path: string): string | null => /^src\/[^/]+\/([^/]+)\//.exec(path)?.[1] ?? null

function isAllowed(from: string, to: string): boolean {
  const [room, other] = [roomOf(from), roomOf(to)]
  if (room === other) {
    const folder = folderOf(to)
    return !APART.has(room) || folder === null || folder === folderOf(from)
  }
  if (other === 'crypto' && room === 'cli') return VERIFIES.test(from)
  if (other === 'crypto' && room === 'stores') return from.startsWith(SEALS)
  return ARROWS[room]?.includes(other) === true
}

/** Imports follow the arrows between the rooms; no test is imported by what is shipped. */
export const importsFollowArrows: Law = (tree) =>
  tree.filter(isShipped).flatMap((file) => [
    ...(Object.hasOwn(ARROWS, roomOf(file.path)) ? [] : [`${file.path} is in no room`]),
    ...importsOf(file).flatMap((specifier) => {
      const to = pathOf(specifier, file.path)
      if (to === null) return []
      return isAllowed(file.path, to) ? [] : [`${file.path} imports ${specifier}`]
    }),
  ])

/** The domain imports nothing but itself, not even from Node. */
export const domainImportsNothing: Law = (tree) =>
  tree
    .filter((file) => isShipped(file) && roomOf(file.path) === 'domain')
    .flatMap((file) =>
      importsOf(file)
        .filter((specifier) => !specifier.startsWith('./'))
        .map((specifier) => `${file.path} imports ${specifier}`),
    )

/** Going to another room is visible: nothing climbs by `../`, and no room's folder names itself. */
export const importsDoNotClimb: Law = (tree) =>
  tree.filter(isTypeScript).flatMap((file) =>
    importsOf(file)
      .filter((specifier) => specifier.includes('..') || isRoundabout(specifier, file))
      .map((specifier) => `${file.path} imports ${specifier}`),
  )

const isRoundabout = (specifier: string, { path }: File): boolean => {
  const folder = path.slice(0, path.lastIndexOf('/') + 1)
  const to = pathOf(specifier, path)
  return specifier.startsWith('#') && path.startsWith('src/') && to?.startsWith(folder) === true
}
