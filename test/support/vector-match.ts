/** What is known of a file's exchanges so far, by name. */
export type Known = ReadonlyMap<string, string>

/** What a placeholder such as `{{id}}` stands for where the exact text varies. */
const KINDS: Readonly<Record<string, string>> = {
  fingerprint: '[0-9a-f]{4}(?:-[0-9a-f]{4}){3}',
  hashes: '\\[(?:"[A-Za-z0-9+/]{43}="(?:,"[A-Za-z0-9+/]{43}=")*)?\\]',
  hex: '[0-9a-f]+',
  id: 'c[0-9a-z]{24}',
  jwt: 'eyJ[A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]+){2}',
  login_token: '[A-Za-z0-9_-]{43}',
  note: '(?:[^"\\\\]|\\\\.)+',
  number: '[0-9]+',
  sealed: '[A-Za-z0-9+/]+={0,2}',
  tfy: 'tfy_(?:user|svc)_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}',
  time: '[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z',
  token: 'sr_(?:user|svc)_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}',
}

const PLACEHOLDER = /\{\{([a-z_]+)(?::=([a-z]+))?\}\}/

/**
 * A template as the pattern of the one text it allows: `{{name}}` is what is known by the name,
 * `{{kind}}` anything of the kind, and `{{name:=kind}}` the same, to be known by the name from there
 * on.
 */
export function patternOf(template: string, known: Known): RegExp {
  const taken = new Set<string>()
  const parts: string[] = []
  let rest = template
  for (let at = PLACEHOLDER.exec(rest); at !== null; at = PLACEHOLDER.exec(rest)) {
    const [whole, name = '', kind] = at
    parts.push(RegExp.escape(rest.slice(0, at.index)))
    parts.push(kind === undefined ? oneOf(name, known, taken) : `(?<${name}>${kindOf(kind)})`)
    if (kind !== undefined) taken.add(name)
    rest = rest.slice(at.index + whole.length)
  }
  return new RegExp(`^${parts.join('')}${RegExp.escape(rest)}$`, 'u')
}

function oneOf(name: string, known: Known, taken: ReadonlySet<string>): string {
  if (taken.has(name)) return `\\k<${name}>`
  const value = known.get(name)
  return value === undefined ? `(?:${kindOf(name)})` : RegExp.escape(value)
}

function kindOf(name: string): string {
  const kind = KINDS[name]
  if (kind === undefined) throw new Error(`nothing is known by the name ${name}`)
  return kind
}

/** JSON laid out for reading as it goes over the wire: without the space between its parts. */
export function compact(template: string): string {
  return template.replace(/"(?:[^"\\]|\\.)*"|\s+/g, (part) => (part.startsWith('"') ? part : ''))
}

const FILLED = /\{\{(?:([a-z_]+)|([^{}]+)\*([0-9]+)|hex:([0-9a-f]+))\}\}/g

/** What is sent: `{{name}}` is what is known, `{{x*9}}` nine times x, `{{hex:ff}}` that byte. */
export function fill(template: string, known: Known): Buffer {
  const parts: Buffer[] = []
  let end = 0
  for (const match of template.matchAll(FILLED)) {
    const [whole, name, repeated, times, hex] = match
    parts.push(Buffer.from(template.slice(end, match.index)))
    end = match.index + whole.length
    if (hex !== undefined) parts.push(Buffer.from(hex, 'hex'))
    else if (repeated !== undefined) parts.push(Buffer.from(repeated.repeat(Number(times))))
    else parts.push(Buffer.from(valueOf(name ?? '', known)))
  }
  return Buffer.concat([...parts, Buffer.from(template.slice(end))])
}

function valueOf(name: string, known: Known): string {
  const value = known.get(name)
  if (value === undefined) throw new Error(`nothing is known by the name ${name}`)
  return value
}
