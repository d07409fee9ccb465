/**
 * Wire vectors: what a client sends and must see, as text that a person can read.
 *
 *     # A word about the promise; the first one of a file is its title.
 *     # given: a credential
 *     > POST /v5/credentials/{{credential}}/secret
 *     > x-api-key: {{admin}}
 *     < 200
 *     < content-type: application/json; charset=utf-8
 *     <
 *     < {
 *     <   "result": "hunter2",
 *     <   "object": "credential_secret"
 *     < }
 *
 * `>` lines are the request: its line, its headers, and behind a bare `>` its body. `<` lines are the
 * answer: its status, the headers it promises, and behind a bare `<` its body, laid out for reading.
 * `# given:` names something that is there already, `# fault:` the reason that the record gives for
 * a refusal. A file holds one exchange or several in a row.
 */
export interface Exchange {
  readonly given: readonly string[]
  readonly fault: string | null
  readonly request: Part
  readonly answer: Part
}

export interface Part {
  /** The request line, or the status. */
  readonly first: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** `null` without one. */
  readonly body: string | null
}

export interface VectorFile {
  readonly title: string
  readonly exchanges: readonly Exchange[]
}

/** The exchanges of a file. Throws on a line that is none of a vector's. */
export function parseVectors(text: string): VectorFile {
  const lines = text.split('\n').filter((line) => line !== '')
  const odd = lines.find((line) => !/^[#<>](?: |$)/.test(line))
  if (odd !== undefined) throw new Error(`not a line of a vector: ${odd}`)
  const blocks: string[][] = []
  for (const [n, line] of lines.entries()) {
    const begins = n === 0 || (lines[n - 1]?.startsWith('<') === true && !line.startsWith('<'))
    if (begins) blocks.push([])
    blocks.at(-1)?.push(line)
  }
  const title = lines.find((line) => line.startsWith('# '))?.slice(2) ?? ''
  return { title, exchanges: blocks.map(toExchange) }
}

function toExchange(lines: readonly string[]): Exchange {
  const marked = (mark: string) =>
    lines.filter((line) => line.startsWith(mark)).map((line) => line.slice(mark.length).trim())
  const given = marked('# given:')
  const [fault = null] = marked('# fault:')
  const sent = lines.filter((line) => line.startsWith('>'))
  const seen = lines.filter((line) => line.startsWith('<'))
  if (sent.length === 0 || seen.length === 0) throw new Error('an exchange has both sides')
  return { given, fault, request: toPart(sent), answer: toPart(seen) }
}

function toPart(marked: readonly string[]): Part {
  const [first = '', ...lines] = marked.map((line) => line.slice(2))
  const bare = lines.indexOf('')
  const head = bare < 0 ? lines : lines.slice(0, bare)
  const headers = head.map((line): readonly [string, string] => {
    const colon = line.indexOf(':')
    if (colon < 0) throw new Error(`not a header: ${line}`)
    return [line.slice(0, colon), line.slice(colon + 1).trim()]
  })
  return { first, headers, body: bare < 0 ? null : lines.slice(bare + 1).join('\n') }
}
