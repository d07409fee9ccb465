import { Readable, Transform, pipeline } from 'node:stream'
import type { SecretValue } from '#domain/secret-value.ts'
import type { StoreConfig } from '#domain/store.ts'
import { StoreFault } from '#ports/remote-store.ts'
import { credentialIn, optionalIn, requiredIn } from './credential.ts'

/** What a client of AWS is made with. It never tries again by itself: our caller decides that. */
export function clientSettings(config: StoreConfig, credential: SecretValue | null) {
  const { region, url } = config
  if (region === undefined) throw new StoreFault('rejected', 'config.region is missing')
  if (!/^[a-z0-9-]{1,63}$/.test(region)) {
    throw new StoreFault('rejected', 'config.region is not the name of a region')
  }
  if (url !== undefined && !(URL.canParse(url) && /^https?:$/.test(new URL(url).protocol))) {
    throw new StoreFault('rejected', 'config.url is not an address')
  }
  return {
    ...{ region, maxAttempts: 1 },
    ...(url === undefined ? {} : { endpoint: url }),
    ...(credential === null ? {} : { credentials: keysIn(credential) }),
  }
}

function keysIn(credential: SecretValue) {
  const members = credentialIn(credential)
  const sessionToken = optionalIn(members, 'session_token')
  return {
    accessKeyId: requiredIn(members, 'access_key_id'),
    secretAccessKey: requiredIn(members, 'secret_access_key'),
    ...(sessionToken === null ? {} : { sessionToken }),
  }
}

/** A page of 100 secrets with all their tags, or 50 parameters of 8 KiB, is far under this. */
const ANSWER_BYTES_MAX = 8 * 1024 * 1024

/** What an answer is before it is read; the types of the SDKs leave it open. */
interface Answered {
  readonly response: unknown
}

/**
 * The middleware that ends an answer which does not end. It belongs below the one that reads answers:
 * `step: 'deserialize', priority: 'low'`.
 */
export const limitAnswers =
  <Args, Output extends Answered>(next: (args: Args) => Promise<Output>) =>
  async (args: Args): Promise<Output> => {
    const output = await next(args)
    const response = output.response as { body?: unknown }
    if (response.body instanceof Readable) response.body = limited(response.body)
    return output
  }

function limited(body: Readable): Readable {
  let size = 0
  const limit = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      size += chunk.length
      if (size > ANSWER_BYTES_MAX) done(new Error('an answer without end'))
      else done(null, chunk)
    },
  })
  return pipeline(body, limit, () => undefined)
}

export const BELOW_READING = { step: 'deserialize', priority: 'low' } as const

/** Whose mark is in a list of tags is asked of these words. */
export const wordsIn = (
  tags: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[],
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]))

export const tagsOf = (words: Readonly<Record<string, string>>) =>
  Object.entries(words).map(([Key, Value]) => ({ Key, Value }))
