import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { ownDirectory } from '#test/support/directory.ts'
import { startServer } from '#test/support/server.ts'
import { main } from './run-cli.ts'

/** Programs and settings that somebody may find useful to leave in a folder for others to work in. */
const PLANTED = [
  ...[
    'node',
    'npm',
    'npx',
    'sh',
    'bash',
    'env',
    'git',
    'stty',
    'tty',
    'strongroom',
    'open',
    'tool',
  ],
  ...['ls', 'cat', 'security', 'xdg-open', 'pass', 'gpg', 'age', 'sops'],
]

// Bug class 80: GHSA-x5c7-x7m2-rhmf, GHSA-32gq-x56h-299c.
test('no command runs or reads what lies in the folder it is called in', async (t) => {
  const server = await startServer()
  t.after(() => server.stop())
  const folder = await ownDirectory()
  const ran = join(folder, 'it-ran')
  for (const name of PLANTED) {
    writeFileSync(join(folder, name), `#!/bin/sh\ntouch '${ran}'\n`)
    chmodSync(join(folder, name), 0o755)
  }
  const script = `require('fs').writeFileSync(${JSON.stringify(ran)}, '')`
  for (const name of ['index.js', 'strongroom.js', 'strongroom.config.js', '.strongroomrc.js']) {
    writeFileSync(join(folder, name), script)
  }
  mkdirSync(join(folder, 'node_modules/typescript'), { recursive: true })
  writeFileSync(join(folder, 'node_modules/typescript/index.js'), script)
  writeFileSync(join(folder, '.env'), 'STRONGROOM_URL=http://127.0.0.1:1\nSTRONGROOM_TOKEN=x\n')
  writeFileSync(join(folder, 'package.json'), '{"type":"module","imports":{"#cli/*":"./index.js"}}')
  const command = async (...args: readonly string[]) => {
    const child = spawn(process.execPath, [main, ...args], {
      cwd: folder,
      env: {
        ...{ PATH: '/usr/bin:/bin', HOME: '/nonexistent' },
        ...{ STRONGROOM_URL: server.url, STRONGROOM_TOKEN: server.token },
      },
    })
    child.stdin.end('a value')
    const [out, err] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit'),
    ])
    return { code: child.exitCode, out, err }
  }
  assert.equal((await command('group', 'create', 'apps')).code, 0)
  for (const args of [
    ['set', 'K', '--group', 'apps'],
    ['get', 'K', '--group', 'apps'],
    ['list'],
    ['audit'],
  ]) {
    const { err } = await command(...args)
    assert.doesNotMatch(err, /127\.0\.0\.1:1\b/, args.join(' '))
  }
  const found = await command('run', '--group', 'apps', '--', 'cat', '/dev/null')
  assert.equal(found.code, 0, found.err)
  const missing = await command('run', '--group', 'apps', '--', 'tool')
  assert.equal(missing.code, 127, missing.err)
  assert.ok(!existsSync(ran))
  // Who says a path means it.
  assert.equal((await command('run', '--group', 'apps', '--', './tool')).code, 0)
  assert.ok(existsSync(ran))
})
