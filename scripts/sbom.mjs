/**
 * What the vault runs with, from the lock file alone, so that it is the same wherever it is made: a
 * CycloneDX 1.6 document (https://cyclonedx.org/docs/1.6/json/), each package with its version,
 * licence, digest and what it depends on.
 */
export function sbomOf(manifest, lock) {
  const found = packagesOf(lock)
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        ...{ type: 'application', 'bom-ref': refOf(manifest), name: manifest.name },
        ...{ version: manifest.version, licenses: licencesOf(manifest) },
      },
    },
    components: [...new Map(found.map((one) => [refOf(one), componentOf(one)])).values()],
    dependencies: [
      dependenciesOf('', { ...manifest, ...lock.packages[''] }, lock),
      ...found.map((one) => dependenciesOf(one.path, one, lock)),
    ].filter(({ ref }, n, all) => all.findIndex((one) => one.ref === ref) === n),
  }
}

const isNeeded = (one) => !one.dev && !one.peer && !one.devOptional

function packagesOf({ packages }) {
  return Object.entries(packages)
    .filter(([path, one]) => path !== '' && isNeeded(one))
    .map(([path, one]) => ({ ...one, path, name: path.split('node_modules/').at(-1) }))
    .sort((a, b) => (refOf(a) < refOf(b) ? -1 : 1))
}

const refOf = ({ name, version }) => `${name}@${version}`

const licencesOf = ({ license }) => (license === undefined ? [] : [{ expression: license }])

const componentOf = (one) => ({
  ...{ type: 'library', 'bom-ref': refOf(one), name: one.name, version: one.version },
  scope: one.optional ? 'optional' : 'required',
  hashes: [{ alg: 'SHA-512', content: digestOf(one.integrity) }],
  licenses: licencesOf(one),
  purl: `pkg:npm/${one.name.replace('@', '%40')}@${one.version}`,
})

const digestOf = (integrity) =>
  Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex')

/** What a package depends on, each as the copy of it that Node would find from there. */
function dependenciesOf(path, { name, version, dependencies, optionalDependencies }, { packages }) {
  const wanted = Object.keys({ ...dependencies, ...optionalDependencies })
  const copies = wanted.flatMap((dependency) => {
    for (let from = path; ; from = from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/')))) {
      const place = `${from === '' ? '' : `${from}/`}node_modules/${dependency}`
      if (place in packages) return [refOf({ name: dependency, version: packages[place].version })]
      if (from === '') return []
    }
  })
  return { ref: refOf({ name, version }), dependsOn: [...new Set(copies)].sort() }
}
