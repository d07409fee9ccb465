import { glob, readFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'

/** A package as it was installed. */
export interface Installed {
  readonly path: string
  readonly name: string
  readonly version: string
  readonly scripts: Readonly<Record<string, string>>
  readonly files: readonly string[]
}

/** Every package under a `node_modules`, however deep, each with its own files. */
export async function installedIn(folder: string): Promise<readonly Installed[]> {
  const all = await Array.fromAsync(glob('**/*', { cwd: folder }))
  const manifests = all.filter((path) =>
    /(?:^|node_modules\/)(?:@[^/]+\/)?[^/]+\/package\.json$/.test(path),
  )
  const homes = new Set(manifests.map(dirname))
  const filesOf = Map.groupBy(all, (path) => homeOf(path, homes) ?? '')
  return Promise.all(
    manifests.map(async (path) => {
      const manifest = JSON.parse(await readFile(join(folder, path), 'utf8')) as Partial<Installed>
      const home = dirname(path)
      const files = (filesOf.get(home) ?? []).map((file) => relative(home, file))
      const { name = home, version = '', scripts = {} } = manifest
      return { path: join(folder, home), name, version, scripts, files }
    }),
  )
}

/** The package that a file belongs to: the nearest above it. */
function homeOf(path: string, homes: ReadonlySet<string>): string | null {
  for (let at = dirname(path); at !== '.'; at = dirname(at)) if (homes.has(at)) return at
  return null
}

const ON_INSTALL = ['preinstall', 'install', 'postinstall']
const NATIVE = /\.(?:node|so|dylib|dll)$|(?:^|\/)binding\.gyp$/

/** What a package would run when it is installed, and what of it is native code: both are nothing. */
export const runsAnything = ({ scripts, files }: Installed): readonly string[] => [
  ...ON_INSTALL.filter((name) => name in scripts),
  ...files.filter((file) => NATIVE.test(file)),
]
