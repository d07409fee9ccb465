import { BadSetting, help, readConfig, type Config } from './config.ts'
import { boot, type Booted } from './boot.ts'
import { greeting } from './greeting.ts'
import { listen, type Listening } from './listen.ts'
import { logFailure } from './log.ts'
import { watchLauncher } from './launcher.ts'
import { giveBackMemory } from './memory.ts'
import { openMetrics } from './metrics.ts'
import { checkRuntime } from './runtime.ts'
import { realWorld } from './world.ts'

/** Errors that are for the operator: their message is the answer. */
const told = new Set(['BadSetting', 'WrongRootKey', 'RootKeyFault', 'DatabaseDown'])

async function start(config: Config): Promise<void> {
  const metrics = config.metrics === null ? null : await openMetrics()
  const booted = await boot(config, realWorld(), metrics)
  const listening = await listen(booted.core, config, metrics)
  let stopping = false
  const stop = () => {
    if (stopping) return
    stopping = true
    listening.close().then(
      () => process.exit(0),
      (error: unknown) => {
        logFailure('stopping', error)
        process.exit(1)
      },
    )
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  watchLauncher(stop)
  say(config, booted, listening)
  setImmediate(giveBackMemory)
}

function say(config: Config, { core, firstToken }: Booted, listening: Listening): void {
  const { url, metricsUrl } = listening
  const token = firstToken === null ? null : Buffer.from(firstToken.reveal()).toString('latin1')
  const account = core.installation.operator
  process.stdout.write(
    config.json
      ? `${JSON.stringify({
          ...{ url, account_id: account },
          ...(metricsUrl === null ? {} : { metrics_url: metricsUrl }),
          ...(token === null ? {} : { token }),
        })}\n`
      : greeting({ url, metricsUrl, account, token, config, fingerprint: core.kms.fingerprint }),
  )
}

// The launcher's; nothing that is started from here is to have it.
delete process.env['NODE_COMPILE_CACHE']

// Whatever is written, from here on, is for this user alone.
process.umask(0o077)

const args = process.argv.slice(2)
if (args.includes('--help')) {
  process.stdout.write(`${help()}\n`)
} else {
  try {
    checkRuntime(process.env)
    await start(readConfig(args, process.env))
  } catch (error) {
    if (error instanceof Error && told.has(error.name)) {
      process.stderr.write(`strongroom: ${error.message}\n`)
    } else if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      process.stderr.write(
        'strongroom: something else listens on that address: choose --listen, or --metrics\n',
      )
    } else {
      logFailure('starting', error)
    }
    process.exitCode = error instanceof BadSetting ? 2 : 1
    // A half-started server must not linger behind open handles.
    process.exit()
  }
}
