/** The only words in which the two engines' SQL differs. */
export interface Words {
  readonly text: string
  readonly bytes: string
  readonly integer: string
  /** The columns that hold an audit entry's place in the log. */
  readonly log_place: string
  /** What closes a table whose columns take their own type only. */
  readonly strict: string
}

/** `sql` with every `{word}` in an engine's own spelling. */
export const spell = (sql: string, words: Words): string =>
  sql.replace(/\{([a-z_]+)\}/g, (whole, word: string) => {
    const known = Object.entries(words).find(([name]) => name === word) as
      readonly [string, string] | undefined
    if (known === undefined) throw new Error(`no engine spells ${whole}`)
    return known[1]
  })

/** `:name` parameters as positional ones, which both drivers bind fastest. */
export const positional = (sql: string, place: (n: number) => string): string => {
  let n = 0
  return sql.replace(/:[a-z_]+/g, () => place(++n))
}
