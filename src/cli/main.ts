import { dispatch } from './dispatch.ts'
import { processTerminal } from './terminal.ts'

/** A reader that stops early, such as `head`, is no error; a full disk is. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE')
    process.stderr.write(`strongroom: cannot write: ${error.code ?? ''}\n`)
  process.exit(error.code === 'EPIPE' ? 0 : 1)
})

process.exitCode = await dispatch(process.argv.slice(2), processTerminal())
