import type { Law, Tree } from './tree.ts'

const RUNTIME_MAX = 12

const EXACT = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/

type Versions = Readonly<Record<string, string>>

interface Manifest {
  readonly dependencies?: Versions
  readonly devDependencies?: Versions
  readonly optionalDependencies?: Versions
}

interface Locked {
  readonly dev?: boolean
  readonly optional?: boolean
  readonly devOptional?: boolean
  readonly hasInstallScript?: boolean
}

interface Lock {
  readonly packages: Readonly<Record<string, Locked>>
}

const jsonOf = (tree: Tree, path: string): unknown => {
  const file = tree.find((one) => one.path === path)
  return file === undefined ? null : JSON.parse(file.text)
}

/** Few packages at run time, and every package in exactly one version. */
export const packagesAreFewAndExact: Law = (tree) => {
  const manifest = jsonOf(tree, 'package.json') as Manifest | null
  if (manifest === null) return ['package.json is missing']
  const { dependencies = {}, devDependencies = {}, optionalDependencies = {} } = manifest
  const count = Object.keys(dependencies).length
  return [
    ...(count > RUNTIME_MAX ? [`package.json has ${count} packages at run time`] : []),
    ...[dependencies, devDependencies, optionalDependencies].flatMap((versions) =>
      Object.entries(versions)
        .filter(([, version]) => !EXACT.test(version))
        .map(([name, version]) => `package.json takes ${name} in any of ${version}`),
    ),
  ]
}

/** Nothing that is needed at run time runs a script when it is installed. */
export const nothingRunsOnInstall: Law = (tree) => {
  const lock = jsonOf(tree, 'package-lock.json') as Lock | null
  if (lock === null) return ['package-lock.json is missing']
  return Object.entries(lock.packages)
    .filter(([, one]) => one.hasInstallScript === true)
    .filter(([, one]) => !(one.dev ?? one.optional ?? one.devOptional ?? false))
    .map(([name]) => `package-lock.json: ${name} runs a script when it is installed`)
}
