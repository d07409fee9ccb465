import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { compileCache, runtime } from './runtime.mjs'

const LOOK_EVERY_MS = 500

/** Runs a file on the project's runtime in place of this process, as far as anyone can see. */
export function run(args, needs = {}) {
  const node = runtime(needs)
  const env = { ...process.env, ...compileCache() }
  const all = ['--disable-warning=ExperimentalWarning', ...args]
  if (node === process.execPath && process.env.npm_lifecycle_event === undefined) {
    if (typeof process.execve === 'function' && process.platform !== 'win32') {
      process.execve(node, [node, ...all], env)
    }
  }
  const child = spawn(node, all, { stdio: 'inherit', env })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2']) {
    process.on(signal, () => child.kill(signal))
  }
  child.on('error', (error) => {
    process.stderr.write(`strongroom: the runtime could not be started: ${error.code}\n`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => {
    process.exit(signal === null ? (code ?? 1) : 128 + constants.signals[signal])
  })
  if (process.env.npm_lifecycle_event === 'start') followLauncher(child)
}

/** An npm that was killed cannot pass it on: end as it did, so that no vault is left behind. */
function followLauncher(child) {
  const launcher = process.ppid
  setInterval(() => {
    if (process.ppid !== launcher) child.kill('SIGTERM')
  }, LOOK_EVERY_MS).unref()
}
