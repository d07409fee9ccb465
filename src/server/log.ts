/** One line of JSON to standard error. Only what is listed here: never a message of a library's. */
export function logFailure(what: string, error: unknown): void {
  const chain: object[] = []
  for (let at = error; at instanceof Error && chain.length < 4; at = at.cause) {
    const code = 'code' in at ? String(at.code) : undefined
    // The frames say where; the first line, which may hold data, is left out.
    const frames = (at.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
    chain.push({ name: at.name, code, at: frames.slice(0, 6).map((frame) => frame.trim()) })
  }
  process.stderr.write(`${JSON.stringify({ level: 'error', what, errors: chain })}\n`)
}
