/** Characters that patterns treat apart. */
const APART = [
  'a',
  'A',
  '0',
  '9',
  ' ',
  '\t',
  '\n',
  '-',
  '_',
  '.',
  '/',
  ':',
  '@',
  '=',
  '+',
  '#',
  '"',
]
const MORE = ["'", '\\', '`', '[', '{', ',', '\u2028', '\ud800', '\u0301', '\x1f', '\x80', '\ufeff']

/** Ends after which a match that was begun fails. */
const ENDS = ['', '!', '\0', '\n', 'a', '1', '\u2028x']

/** Texts that a pattern may take as a beginning, from what it says itself. */
function beginningsOf(source: string): readonly string[] {
  const plain = source
    .replace(/^\^/, '')
    .replace(/\\([^a-zA-Z0-9])/g, '$1')
    .split(/[[(*+?{|$]/)[0]
  return [...new Set(['', 'b', plain ?? ''])]
}

/** What the pattern repeats: its own characters, alone and in pairs. */
function repeatsOf(source: string): readonly string[] {
  const own = [...new Set(source.replace(/\\[dwsDWSpPbBnrtu]/g, ''))].filter(
    (one) => !/[\^$]/.test(one),
  )
  const single = [...new Set([...APART, ...MORE, ...own])]
  const pairs = [
    'a ',
    'a.',
    'a-',
    '0a',
    '0.',
    '#a',
    ' #',
    'a=',
    "a'",
    '\\"',
    '\\n',
    'a@',
    '::',
    'a:',
    '.a',
  ]
  return [...single, ...pairs]
}

/**
 * Texts of this length that are made to be slow for a pattern: long runs of what it repeats, from where it
 * begins, with an end that it does not take. `variety` is how many ends are tried of each.
 */
export function hostileFor(source: string, length: number, variety: number): readonly string[] {
  const texts = new Set<string>()
  for (const [n, repeat] of repeatsOf(source).entries()) {
    for (const [m, begin] of beginningsOf(source).entries()) {
      for (let v = 0; v <= variety; v++) {
        // Always with the plainest end that fails, and with others in turn.
        const end = (v === 0 ? '!' : ENDS[(n + m + v) % ENDS.length]) ?? ''
        const room = length - begin.length - end.length
        texts.add(begin + repeat.repeat(Math.floor(room / repeat.length)) + end)
      }
    }
  }
  return [...texts]
}
