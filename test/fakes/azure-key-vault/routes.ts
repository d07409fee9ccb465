import { missing } from './refusal.ts'
import { checkApiVersion, pageSizeIn, setIn, updateIn } from './rules.ts'
import type { Secret, Vault, Version } from './vault.ts'

export interface Asked {
  readonly method: string
  readonly url: URL
  readonly body: string
}

export interface Answered {
  readonly status: number
  readonly body: object | null
}

/** What each path of the reference answers. */
export function answer(vault: Vault, { method, url, body }: Asked): Answered {
  checkApiVersion(url.searchParams)
  const [, kind = '', name = '', more = ''] = url.pathname.split('/').map(decodeURIComponent)
  const bundle = bundler(url.origin, vault.purgeProtection)
  const ok = (answered: object): Answered => ({ status: 200, body: answered })
  switch (`${method} ${kind} ${shapeOf(url)}`) {
    case 'GET secrets 1':
      return ok(paged(url, vault.all().map(bundle.item)))
    case 'PUT secrets 2':
      return ok(bundle.whole(vault.set(name, setIn(body))))
    case 'DELETE secrets 2':
      return ok(bundle.deleted(vault.delete(name)))
    case 'GET secrets versions':
      return ok(paged(url, vault.versions(name).map(bundle.versionItem)))
    case 'GET secrets 3':
      return ok(bundle.whole(vault.get(name, more)))
    case 'PATCH secrets 3':
      return ok(bundle.properties(vault.update(name, more, updateIn(body))))
    case 'GET deletedsecrets 2':
      return ok(bundle.deleted(vault.deleted(name)))
    case 'DELETE deletedsecrets 2':
      vault.purge(name)
      return { status: 204, body: null }
    case 'POST deletedsecrets recover':
      return ok(bundle.properties(vault.recover(name)))
    default:
      throw missing(url.pathname)
  }
}

const shapeOf = ({ pathname }: URL): string => {
  const parts = pathname.split('/')
  return /\/(versions|recover)$/.exec(pathname)?.[1] ?? String(parts.length - 1)
}

type Held = readonly [Secret, Version]

/** Times are whole seconds; only an answer about one version has its value, and never one that lists. */
function bundler(origin: string, purgeProtection: boolean) {
  const seconds = (ms: number) => Math.floor(ms / 1000)
  const about = ([, version]: Held) => ({
    ...(version.contentType === null ? {} : { contentType: version.contentType }),
    tags: version.tags,
    attributes: {
      ...{ enabled: version.enabled, recoverableDays: 90 },
      ...{ created: seconds(version.createdAt), updated: seconds(version.updatedAt) },
      recoveryLevel: purgeProtection ? 'Recoverable' : 'Recoverable+Purgeable',
    },
  })
  const id = ([{ name }]: Held) => `${origin}/secrets/${name}`
  const versionId = (held: Held) => `${id(held)}/${held[1].id}`
  const properties = (held: Held) => ({ id: versionId(held), ...about(held) })
  return {
    item: (held: Held) => ({ id: id(held), ...about(held) }),
    versionItem: properties,
    properties,
    whole: (held: Held) => ({ value: held[1].value, ...properties(held) }),
    deleted: (held: Held) => ({
      ...{ recoveryId: `${origin}/deletedsecrets/${held[0].name}`, ...properties(held) },
      deletedDate: seconds(held[0].deletedAt),
      scheduledPurgeDate: seconds(held[0].deletedAt) + 90 * 24 * 3600,
    }),
  }
}

/** `nextLink` is absolute, with everything that the next request needs but the token. */
function paged(url: URL, items: readonly object[]): object {
  const size = pageSizeIn(url.searchParams)
  const from = Number(url.searchParams.get('$skiptoken') ?? 0)
  const next = new URL(url)
  next.searchParams.set('$skiptoken', String(from + size))
  next.searchParams.set('maxresults', String(size))
  const nextLink = from + size < items.length ? next.href : null
  return { value: items.slice(from, from + size), nextLink }
}
