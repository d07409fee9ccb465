// Makes what is released of the commit that is checked out: a tarball of the sources, what it runs
// with, and the digests of both. The same commit gives the same bytes anywhere.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { sbomOf } from './sbom.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const into = process.argv[2] ?? join(root, 'dist')

function git(...args) {
  const ran = spawnSync('git', args, { cwd: root, maxBuffer: 2 ** 28 })
  if (ran.status !== 0) {
    process.stderr.write(`strongroom: git ${args[0]} failed: ${ran.stderr}`)
    process.exit(1)
  }
  return ran.stdout
}

const jsonOf = (path) => JSON.parse(git('show', `HEAD:${path}`).toString())

const manifest = jsonOf('package.json')
const name = `strongroom-${manifest.version}`
const files = {
  [`${name}.tar.gz`]: gzipSync(git('archive', '--format=tar', `--prefix=${name}/`, 'HEAD')),
  [`${name}.cdx.json`]: `${JSON.stringify(sbomOf(manifest, jsonOf('package-lock.json')), null, 2)}\n`,
}

mkdirSync(into, { recursive: true })
const sums = Object.entries(files).map(([file, content]) => {
  writeFileSync(join(into, file), content)
  return `${createHash('sha256').update(content).digest('hex')}  ${file}\n`
})
writeFileSync(join(into, 'SHA256SUMS'), sums.join(''))
process.stdout.write(sums.join(''))
