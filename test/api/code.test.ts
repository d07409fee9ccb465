import assert from 'node:assert/strict'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { callOf, routes, sendCall } from '#test/support/calls.ts'
import { settle } from '#test/support/estate.ts'
import { openHouse, type House } from '#test/support/house.ts'

const watch = new URL('../support/code-told.mjs', import.meta.url).pathname

/** What one engine of templates or another would run, were a text handed to it. */
const TEMPLATES = [
  ...['${7*7}', '{{7*7}}', '<%= 7*7 %>', '#{7*7}', '{{constructor.constructor("return 7*7")()}}'],
  ...['`${7*7}`', '$(id)', '`id`', '{{=7*7}}', '{% 7*7 %}', '@(7*7)', '[[${7*7}]]', '${jndi:x}'],
]

/** Asks for everything that can be asked for, in an account of its own; gives what its names bear. */
async function everything(house: House): Promise<string> {
  const estate = await settle(await house.tenant())
  for (const route of routes) {
    const { status, text } = await sendCall(estate.admin, route, callOf(route, estate))
    assert.ok(status < 500, `${route.operationId}: ${status} ${text}`)
  }
  for (const name of TEMPLATES) {
    const credential = { type: 'key', name, payload: name, description: name }
    const made = (await estate.admin.post('/v5/credentials', credential)).expect(200)
    assert.deepEqual([made.str('name'), made.str('description')], [name, name])
    const read = await estate.admin.post(`/v5/credentials/${made.str('id')}/secret`)
    assert.equal(read.expect(200).str('result'), name)
  }
  return estate.mark
}

// Bug class 78: CVE-2025-49828. The router and the serialiser make code of our own schemas, at the start
// and when one answers for the first time; so the runtime's flag against all of it cannot be had.
test('code is made of no text that was sent, and of ours once', async (t) => {
  const stderr = new PassThrough()
  const told: string[] = []
  const lines = createInterface({ input: stderr }).on('line', (line) => told.push(line))
  const house = await openHouse('SQLite', {
    flags: ['--import', watch],
    heard: (chunk) => stderr.write(chunk),
  })
  t.after(() => house.close())
  const control = once(lines, 'line')
  house.server.process.kill('SIGUSR2')
  await control
  assert.deepEqual(told, [JSON.stringify({ code: '"the control"' })])
  const marks = [await everything(house)]
  const first = told.length
  marks.push(await everything(house))
  assert.deepEqual(told.slice(first), [])
  for (const line of told) {
    for (const sent of [...marks, ...TEMPLATES, '7*7']) assert.ok(!line.includes(sent), line)
  }
  t.diagnostic(`${told.length - 1} texts of our own`)
})
