import { invalid } from './refusal.ts'

export type Words = Readonly<Record<string, string>>

/** service.proto, CreateSecretRequest.secret_id. */
export function checkId(id: string): void {
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(id)) throw invalid('Invalid secret id.')
}

const LABEL_KEY = /^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$/u
const LABEL_VALUE = /^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u

/** resources.proto, Secret.labels: "No more than 64 labels", their characters, 128 bytes each. */
export function checkLabels(labels: Words): void {
  const pairs = Object.entries(labels)
  if (pairs.length > 64) throw invalid('Too many labels.')
  for (const [key, value] of pairs) {
    const fits = Buffer.byteLength(key) <= 128 && Buffer.byteLength(value) <= 128
    if (!fits || !LABEL_KEY.test(key) || !LABEL_VALUE.test(value)) throw invalid('Bad label.')
  }
}

const ANNOTATION_KEY = /^[a-z0-9A-Z](?:[a-z0-9A-Z._-]{0,61}[a-z0-9A-Z])?$/

/** resources.proto, Secret.annotations: their keys; all "must be less than 16KiB". */
export function checkAnnotations(annotations: Words): void {
  const pairs = Object.entries(annotations)
  if (pairs.some(([key]) => !ANNOTATION_KEY.test(key))) throw invalid('Bad annotation key.')
  const bytes = pairs.reduce((sum, pair) => sum + Buffer.byteLength(pair.join('')), 0)
  if (bytes >= 16 * 1024) throw invalid('Annotations are too large.')
}

const ALIAS = /^[A-Za-z][A-Za-z0-9_-]{0,62}$/

/** resources.proto, Secret.version_aliases: 50, their characters, never `latest` or `NEW`. */
export function checkAliases(aliases: Words): void {
  const names = Object.keys(aliases)
  const bad = names.some((name) => !ALIAS.test(name) || name === 'latest' || name === 'NEW')
  if (bad || names.length > 50) throw invalid('Bad version alias.')
}

/**
 * resources.proto, SecretPayload: 64 KiB, and the checksum. That it cannot be empty: "Field [payload]
 * is required." (hashicorp/terraform-provider-google, issue 10475); unsure whether that is said of an
 * empty `data` too. Unsure of the code for a wrong checksum.
 */
export function checkPayload(data: Uint8Array, sum: string | null): void {
  if (data.length === 0) throw invalid('Field [payload] is required.')
  if (data.length > 65_536) throw invalid('The payload is larger than 64KiB.')
  if (sum !== null && sum !== String(castagnoli(data))) {
    throw invalid('The checksum does not match the data.')
  }
}

/** CRC-32C bit by bit, so that it has nothing in common with what it judges. */
export function castagnoli(data: Uint8Array): number {
  let sum = 0xffffffff
  for (const byte of data) {
    sum ^= byte
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0x82f63b78 : 0)
  }
  return ~sum >>> 0
}

/** What part of a list is asked for: `page_size` as service.proto says; unsure of the default, so small. */
export function pageOf<T>(
  all: readonly T[],
  pageSize: number,
  pageToken: string,
): { readonly part: readonly T[]; readonly nextPageToken: string } {
  if (pageSize < 0) throw invalid('page_size is negative.')
  const token = pageToken === '' ? '0' : Buffer.from(pageToken, 'base64url').toString()
  const from = Number(token)
  if (!/^\d+$/.test(token)) throw invalid('Bad page token.')
  const to = from + Math.min(pageSize === 0 ? 10 : pageSize, 25_000)
  const more = to < all.length
  return {
    part: all.slice(from, to),
    nextPageToken: more ? Buffer.from(String(to)).toString('base64url') : '',
  }
}
