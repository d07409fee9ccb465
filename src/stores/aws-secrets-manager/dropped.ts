/**
 * Secrets Manager does not take away one version of a secret: those without a staging label go by
 * themselves, some day, beyond the last 100. So a version that is dropped is named in a tag, which no
 * other drop overwrites, and is not read from then on.
 */
const KEY = 'strongroom-dropped-'

/** A version’s name is at most 64 characters, a tag’s value 256 (the SDK’s model). */
const MORE_IN_A_TAG = 3

/** The tags that say so of these versions. */
export function droppedWords(versions: readonly string[]): Readonly<Record<string, string>> {
  const words: Record<string, string> = {}
  for (let at = 0; at < versions.length; at += 1 + MORE_IN_A_TAG) {
    const [first = '', ...more] = versions.slice(at, at + 1 + MORE_IN_A_TAG)
    words[KEY + first] = more.join(' ')
  }
  return words
}

/** The versions that tags say so of. */
export function droppedIn(words: Readonly<Record<string, unknown>>): ReadonlySet<string> {
  const found = Object.entries(words)
    .filter(([key]) => key.startsWith(KEY))
    .flatMap(([key, more]) => [key.slice(KEY.length), ...String(more).split(' ')])
  return new Set(found.filter((version) => version !== ''))
}
