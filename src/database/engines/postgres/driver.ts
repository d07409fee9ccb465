import { registerHooks } from 'node:module'

/**
 * The driver, mended where it is loaded. As released (3.4.9), a connection that is lost at the wrong
 * moment ends the process (a write to a socket that is gone), is never used again (a write that was
 * put off and dropped blocks all after it) or leaves a query without an answer (porsager/postgres
 * issues 1154 and 1208, pull request 1209). Each change must find its place, or nothing starts.
 */
const CHANGES: readonly (readonly [from: string, to: string])[] = [
  [
    'const x = socket.write(chunk, fn)',
    `if (socket === null) {
      clearImmediate(nextWriteTimer)
      chunk = nextWriteTimer = null
      error(Errors.connection('CONNECTION_CLOSED', options))
      return false
    }
    const x = socket.write(chunk, fn)`,
  ],
  [
    'clearImmediate(nextWriteTimer)\n    if (socket)',
    'clearImmediate(nextWriteTimer)\n    chunk = nextWriteTimer = null\n    if (socket)',
  ],
  [
    'clearImmediate(nextWriteTimer)\n    socket.removeListener',
    'clearImmediate(nextWriteTimer)\n    chunk = nextWriteTimer = null\n    socket.removeListener',
  ],
  ['!hadError && (query || sent.length) && error(', '(query || sent.length) && error('],
]

/** The source of the driver's `connection.js` with every change made. */
export function mended(source: string): string {
  return CHANGES.reduce((text, [from, to]) => {
    const parts = text.split(from)
    if (parts.length !== 2) throw new Error('the PostgreSQL driver is not the one that is mended')
    return parts.join(to)
  }, source)
}

const MENDED = '?mended'
let found = false

/** The modules of the driver get addresses of their own, apart from any that were loaded before. */
const hooks = registerHooks({
  resolve(specifier, context, nextResolve) {
    const resolved = nextResolve(specifier, context)
    const isDriver = resolved.url.includes('/node_modules/postgres/src/')
    return isDriver ? { ...resolved, url: `${resolved.url}${MENDED}` } : resolved
  },
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    if (!url.endsWith(`/connection.js${MENDED}`)) return loaded
    found = true
    const source = loaded.source ?? ''
    const text = typeof source === 'string' ? source : new TextDecoder().decode(source)
    return { ...loaded, source: mended(text) }
  },
})
const { default: postgres } = await import('postgres')
hooks.deregister()
if (!found) throw new Error('the PostgreSQL driver was loaded without being mended')

export { postgres }
