import { dispatch } from './dispatch.ts'
import { processTerminal } from './terminal.ts'

/** A reader that stops early, such as `head`, is no error; a full disk is. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE')
    process.stderr.write(`strongroom: cannot write: ${error.code ?? ''}\n`)
  process.exit(error.code === 'EPIPE' ? 0 : 1)
})

// The launcher's own cache is not for the child of `run`.
if (process.env['NODE_COMPILE_CACHE']?.endsWith('/.cache/strongroom') === true) {
  delete process.env['NODE_COMPILE_CACHE']
}

process.exitCode = await dispatch(process.argv.slice(2), processTerminal())
