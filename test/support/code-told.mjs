// Loaded before a server by a test: from SIGUSR2 on, every text that code is made of is told.
const told = (args) => {
  process.stderr.write(`${JSON.stringify({ code: args.map(String).join('\n') })}\n`)
}

process.once('SIGUSR2', () => {
  const [real, run] = [Function, globalThis.eval]
  const watched = new Proxy(real, {
    apply: (target, self, args) => (told(args), Reflect.apply(target, self, args)),
    construct: (target, args) => (told(args), Reflect.construct(target, args)),
  })
  globalThis.Function = watched
  Object.defineProperty(real.prototype, 'constructor', { value: watched })
  globalThis.eval = (text) => (told([text]), run(text))
  new Function('"the control"')
})
