import type { Http, Query } from './http.ts'
import type { Page } from './wire.ts'

const PAGE = 1_000

/** What a list holds, asked for page by page as it is walked. */
export async function* pages(
  http: Http,
  path: readonly string[],
  query: Query = {},
  cursor: 'after' | 'before' = 'after',
): AsyncGenerator {
  let from: string | undefined
  do {
    const asked = { limit: PAGE, ...query, [cursor]: from }
    const page = (await http.send('GET', path, { query: asked })) as Page<unknown>
    yield* page.data
    from = page.next ?? undefined
  } while (from !== undefined)
}
