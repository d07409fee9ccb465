import { bad, Refusal } from './refusal.ts'

/** "A 1-127 character string, containing only 0-9, a-z, A-Z, and -" (About keys, secrets, certificates). */
export function checkName(name: string): void {
  if (!/^[0-9a-zA-Z-]{1,127}$/.test(name)) {
    throw bad(`The request URI contains an invalid name: ${name}`)
  }
}

/**
 * "Maximum size of 25k bytes" (About secrets); unsure whether 25,000 or 25,600. Unsure whether the API
 * itself refuses the empty value: the portal does.
 */
function checkValue(value: unknown): string {
  if (typeof value !== 'string' || value === '') throw bad('Property value is required')
  if (Buffer.byteLength(value) > 25_000) throw bad('The secret value exceeds the maximum size.')
  return value
}

export type Tags = Readonly<Record<string, string>>

/**
 * "Up to 15 tags, each with a 256 character name and a 256 character value" (About secrets; an older
 * page has 512).
 */
function checkTags(tags: unknown): Tags {
  const pairs = Object.entries((tags ?? {}) as Tags)
  const fits = (text: unknown) => typeof text === 'string' && text.length <= 256
  if (pairs.length > 15 || !pairs.every(([key, value]) => fits(key) && fits(value))) {
    throw bad('The tags exceed their limits.')
  }
  return Object.fromEntries(pairs)
}

/** 255 characters (About secrets). */
function checkType(contentType: unknown): string | null {
  const type = contentType ?? null
  if (type === null) return null
  if (typeof type !== 'string' || type.length > 255) throw bad('The contentType is too long.')
  return type
}

interface Body {
  readonly value?: unknown
  readonly contentType?: unknown
  readonly tags?: unknown
  readonly attributes?: { readonly enabled?: unknown }
}

function parsed(text: string): Body {
  try {
    const body = JSON.parse(text) as unknown
    if (typeof body === 'object' && body !== null) return body
  } catch {
    // What is no JSON is refused like what is no object.
  }
  throw bad('The request body is not valid.')
}

/** A body of "Set Secret". */
export function setIn(text: string) {
  const { value, contentType, tags, attributes } = parsed(text)
  return {
    ...{ value: checkValue(value), contentType: checkType(contentType), tags: checkTags(tags) },
    enabled: attributes?.enabled !== false,
  }
}

/** A body of "Update Secret": only what is there is changed, the tags as a whole; never the value. */
export function updateIn(text: string) {
  const { value, contentType, tags, attributes } = parsed(text)
  if (value !== undefined) throw bad('The value of a secret cannot be updated.')
  return {
    ...(contentType === undefined ? {} : { contentType: checkType(contentType) }),
    ...(tags === undefined ? {} : { tags: checkTags(tags) }),
    ...(attributes?.enabled === undefined ? {} : { enabled: attributes.enabled === true }),
  }
}

/** The versions that the SDK knows; unsure of the text for another. */
const VERSIONS = ['7.0', '7.1', '7.2', '7.3', '7.4', '7.5', '7.6', '2025-07-01']

export function checkApiVersion(query: URLSearchParams): void {
  if (!VERSIONS.includes(query.get('api-version') ?? '')) {
    throw new Refusal(400, 'BadParameter', 'api-version must be specified')
  }
}

/** "If not specified the service will return up to 25 results", and never more (Get Secrets). */
export function pageSizeIn(query: URLSearchParams): number {
  const size = Number(query.get('maxresults') ?? 25)
  if (!Number.isInteger(size) || size < 1 || size > 25) throw bad('maxresults is out of range')
  return size
}
