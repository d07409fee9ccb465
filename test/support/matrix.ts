import { dialects } from '#server/registry.ts'

/**
 * The APIs whose every route is called for every kind of caller: those of which `calls.ts` knows how.
 * The others are driven by their own vectors and by their vendors' clients.
 */
export const knownDialects = dialects.filter(
  ({ name }) => name === 'scale-sgp' || name === 'strongroom',
)

export const knownRoutes = knownDialects.flatMap(({ routes }) => routes)
