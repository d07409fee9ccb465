import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { usage } from '#cli/command.ts'
import { commands } from '#cli/commands.ts'
import { helpOf, helpOfAll } from '#cli/help.ts'

const docs = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8')

test('docs/cli.md says how every command is asked, and names every option', () => {
  for (const [name, command] of Object.entries(commands)) {
    assert.ok(docs.includes(`strongroom ${usage(name, command)}\n`), name)
  }
})

test('docs/cli.md names no command that is not there', () => {
  const listed = [...docs.matchAll(/^strongroom ([a-z][a-z-]*(?: [a-z][a-z-]*)?)/gm)]
  assert.ok(listed.length >= Object.keys(commands).length)
  for (const [, words = ''] of listed) {
    const [first = ''] = words.split(' ')
    assert.ok(words in commands || first in commands || first === 'help', words)
  }
})

test('help lists every command, and every option with what it does', () => {
  const all = helpOfAll(commands)
  for (const [name, command] of Object.entries(commands)) {
    assert.ok(all.includes(`  ${name} `), name)
    const own = helpOf(name, command)
    assert.ok(own.includes(command.summary), name)
    for (const [flag, { doc }] of Object.entries(command.flags)) {
      assert.ok(own.includes(`--${flag}`) && own.includes(doc), `${name} --${flag}`)
    }
  }
})
