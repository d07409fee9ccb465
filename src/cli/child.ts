import { spawn, type ChildProcess } from 'node:child_process'
import { constants } from 'node:os'
import { codeOf, Failure, whySystem } from './failure.ts'
import { clean } from './text.ts'

const NOT_FOUND = 127
const NOT_RUNNABLE = 126
const BY_SIGNAL = 128

const FORWARDED = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGUSR1', 'SIGUSR2'] as const

/** What a terminal sends to all processes of its foreground by itself: the child has it already. */
const FROM_TERMINAL = new Set<NodeJS.Signals>(['SIGINT', 'SIGQUIT'])

/**
 * Runs a command, without a shell, in the place of this one: it has the standard streams, it gets
 * our signals, and its exit code is given back (128 and the signal's number if one ended it).
 * Throws `Failure` with the code that shells use when it cannot be started.
 */
export function runChild(words: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const [command = '', ...args] = words
  return new Promise((resolve, reject) => {
    const running: { child?: ChildProcess } = {}
    const listeners = FORWARDED.map((signal) => {
      const forward = () => {
        if (!(process.stdin.isTTY && FROM_TERMINAL.has(signal))) running.child?.kill(signal)
      }
      process.on(signal, forward)
      return () => process.off(signal, forward)
    })
    const ended = (finish: () => void) => {
      for (const stop of listeners) stop()
      finish()
    }
    const failed = (error: unknown) => ended(() => reject(failure(command, error)))
    let child: ChildProcess
    try {
      child = spawn(command, args, { stdio: 'inherit', env })
    } catch (error) {
      failed(error)
      return
    }
    running.child = child
    child.on('error', (error) => {
      // A signal that could not be sent is an `error` too, but the child still runs.
      if (child.pid === undefined) failed(error)
    })
    child.on('exit', (code, signal) =>
      ended(() => resolve(signal === null ? (code ?? 1) : BY_SIGNAL + constants.signals[signal])),
    )
  })
}

function failure(command: string, error: unknown): Failure {
  const name = clean(command)
  switch (codeOf(error) ?? '') {
    case 'ENOENT':
      return new Failure(`${name}: command not found`, NOT_FOUND)
    case 'EACCES':
      return new Failure(`${name}: not a program that may be run`, NOT_RUNNABLE)
    case 'E2BIG':
      return new Failure(`${name}: the values are too large for an environment: set some --as-file`)
    default:
      return new Failure(`${name} could not be started: ${whySystem(error)}`)
  }
}
