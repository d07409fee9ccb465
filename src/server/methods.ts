import type { Route } from '#dialects/dialect.ts'

/**
 * Which methods the path of a URL takes, for a request that no route took: none means that there is
 * no such path. Looks at the segments as they were sent, undecoded.
 */
export function methodsOf(
  routes: readonly Route[],
  basePath: string,
): (url: string) => readonly string[] {
  const known = routes.map(({ method, path }) => ({
    method,
    segments: (basePath + path).split('/'),
  }))
  return (url) => {
    const segments = (url.split(/[?#]/, 1)[0] ?? '').split('/')
    const fits = known.filter(
      (route) =>
        route.segments.length === segments.length &&
        route.segments.every(
          (segment, n) =>
            segment === segments[n] || (segment.startsWith(':') && segments[n] !== ''),
        ),
    )
    return [...new Set(fits.map(({ method }) => method))]
  }
}
