import Fastify from 'fastify'

/** What every ratio is taken to: the same HTTP server, giving 420 bytes by a compiled schema. */
const app = Fastify({ logger: false })
const schema = { type: 'object', properties: { result: { type: 'string' } } } as const
const body = { result: 'x'.repeat(420 - '{"result":""}'.length) }
app.get('/empty', { schema: { response: { 200: schema } } }, async () => Promise.resolve(body))
await app.listen({ host: '127.0.0.1', port: 0 })
const address = app.server.address()
const port = typeof address === 'object' && address !== null ? address.port : 0
process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`)
