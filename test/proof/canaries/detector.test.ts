import assert from 'node:assert/strict'
import { test } from 'node:test'
import { figures } from '#test/support/tier.ts'
import { Canaries } from './canaries.ts'
import { estateIn, groundOf } from './ground.ts'
import { inspectorIn, stringsOfHeap } from './inspector.ts'
import { search, sinksOf } from './search.ts'
import { Traffic } from './traffic.ts'

const own = '/strongroom/v1'

/** Where each leak of the saboteur is to be seen. */
const LEAKS: Readonly<Record<string, RegExp>> = {
  'answer-body-base64': /^answer to .*, as base64$/,
  'answer-body-html': /^answer to .*, as html$/,
  'answer-body-json': /^answer to .*, as escaped$/,
  'answer-header': /^answer to [^,]*$/,
  'answer-header-url': /^answer to .*, as url$/,
  metrics: /^\/metrics: .*, as base64$/,
  health: /^\/health: [^,]*$/,
  'stdout-window': /^what the server wrote: [^,]*$/,
  'stdout-decimal': /^what the server wrote: .*, as decimal$/,
  'stderr-url': /^what the server wrote: .*, as url$/,
  'stderr-hex': /^what the server wrote: .*, as hex$/,
  'stderr-inspected': /^what the server wrote: .*, as hex$/,
  'stderr-base64': /^what the server wrote: .*, as base64$/,
  'stderr-base64url': /^what the server wrote: .*, as base64$/,
  'stderr-utf16': /^what the server wrote: .*, as utf-16$/,
  'file-gzip': /\/tmp\/a: .*, as gzip$/,
  'file-zstd': /\/tmp\/b: .*, as zstd hex$/,
  'file-zlib-base64': /\/tmp\/c: .*, as base64 zlib$/,
  'file-utf16be': /\/data\/d: .*, as utf-16$/,
  'file-name': /^names of files in .*, as hex$/,
  'database-window': /strongroom\.db(?:-wal)?: [^,]*$/,
  title: /^\/proc\/PID\/cmdline: [^,]*$/,
  arguments: /^\/proc\/PID\/cmdline: [^,]*$/,
  environment: /^\/proc\/PID\/environ: .*, as base64$/,
  heap: /^the heap: [^,]*$/,
  'heap-hex': /^the heap: .*, as hex$/,
}

// Bug class 57.
test('of 26 leaks, each by another door or in another writing, all are found', async (t) => {
  const saboteur = new URL('./saboteur.ts', import.meta.url).href
  const ground = await groundOf(t, { flags: ['--inspect=127.0.0.1:0', '--import', saboteur] })
  const { admin } = await estateIn(ground)
  const traffic = new Traffic(new Canaries(), admin)
  const { canaries } = traffic
  const target = `${own}/groups/secrets/secrets`
  const names = Object.keys(LEAKS)
  // The sound ones between them are not to be found.
  for (const name of names.flatMap((name, n) => [name, `sound-${n}`])) {
    const value = canaries.make(name)
    const body = { name, value }
    await traffic.send({ about: name, method: 'POST', target, body, secrets: [value] })
  }
  const url = inspectorIn(ground.heard().toString())
  assert.ok(url !== null, 'the inspector does not say where it is')
  const heap = [{ name: 'the heap', bytes: await stringsOfHeap(url) }]
  const seen = await search(canaries, sinksOf(ground, admin))
  const kept = await search(canaries, heap)
  const leaks = [...traffic.leaks, ...seen.leaks, ...kept.leaks]
  const of = (name: string) =>
    leaks.filter((leak) => new RegExp(`: what was sent in ${name}(?:,|$)`).test(leak))
  for (const [name, shape] of Object.entries(LEAKS)) {
    assert.ok(
      of(name).some((leak) => shape.test(leak)),
      `${name}: ${of(name).join('; ')}`,
    )
  }
  assert.deepEqual(
    leaks.filter((leak) => leak.includes('what was sent in sound-')),
    [],
  )
  assert.equal(traffic.accepted.size, names.length * 2)
  figures(t, 'canaries-detector', { 'leaks seeded': names.length, 'leaks found': names.length })
})
