import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'
import { inspect } from 'node:util'
import { SecretValue } from '#domain/secret-value.ts'
import type { RemoteStore, StoreFault, StoreFaultKind } from '#ports/remote-store.ts'
import { fault, here, soon, writing, type RemoteUnderTest } from './trial.ts'

const VALUE = 'a value that nobody must see'

/** What a fault may not hold, however it is printed. */
function holdsNoValue(found: StoreFault): void {
  const shown = inspect(found, { depth: 20, showHidden: true, getters: true })
  for (const word of [VALUE, Buffer.from(VALUE).toString('base64')]) {
    assert.equal(shown.includes(word), false, 'the fault shows the value')
  }
}

/** A store that is not what it should be, and a version as the real one names them. */
interface Astray {
  readonly store: RemoteStore
  readonly version: string
}

/** Every wish, one after another; each must end as a fault of this kind. */
async function allEnd(kind: StoreFaultKind, { store, version }: Astray): Promise<void> {
  const path = store.pathOf(here())
  const { mark } = here()
  const put = {
    ...{ path, mark, value: SecretValue.fromText(VALUE), description: VALUE },
    operation: crypto.randomUUID(),
  }
  const wishes: ((signal: AbortSignal) => Promise<unknown>)[] = [
    (signal) => store.put(put, signal),
    (signal) => store.get(path, version, signal),
    (signal) => store.versions(path, mark, signal),
    (signal) => store.drop(path, mark, [version], signal),
    (signal) => store.remove(path, mark, signal),
    (signal) => store.list(null, signal),
    (signal) => store.browse('', null, signal),
    (signal) => store.look(path, signal),
    (signal) => store.peek(path, signal),
  ]
  for (const wish of wishes) holdsNoValue(await fault(kind, wish(soon())))
}

type Answer = Parameters<typeof createServer>[1]

/** A server that answers so; gives its address. */
async function answering(t: TestContext, answer: Answer): Promise<string> {
  const server = createServer({}, answer)
  t.after(() => closed(server))
  return listening(server)
}

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections()
  if (server.listening) await new Promise((resolve) => server.close(resolve))
}

/** What goes wrong, and what is said of it. */
export function exerciseRemoteFaults(
  label: string,
  open: (t: TestContext) => Promise<RemoteUnderTest>,
): void {
  const openAt = async (t: TestContext, url: string): Promise<Astray> => {
    const { at, put } = writing(t, await open(t))
    const store = await at(url)
    t.after(() => store.close())
    return { store, version: await put({ value: SecretValue.fromText('at the right place') }) }
  }

  test(`${label}: a store that cannot be reached is down`, async (t) => {
    const server = createServer()
    const url = await listening(server)
    await closed(server)
    await allEnd('down', await openAt(t, url))
  })

  test(`${label}: a store that answers with what cannot be read is down`, async (t) => {
    const pages = ['<html>Log in first</html>', '', '{', '[]', 'null', '{"data":{"data":7}}']
    for (const page of pages) {
      const url = await answering(t, (_request, response) => response.end(page))
      const { store, version } = await openAt(t, url)
      holdsNoValue(await fault('down', store.get(store.pathOf(here()), version, soon())))
    }
  })

  test(`${label}: a store that answers without end is down`, async (t) => {
    const chunk = Buffer.alloc(65_536, 'x')
    const url = await answering(t, (_request, response) => {
      const more = () => {
        while (!response.destroyed && response.write(chunk));
      }
      response.on('drain', more).writeHead(200, { 'content-type': 'application/json' })
      more()
    })
    const { store, version } = await openAt(t, url)
    await fault('down', store.get(store.pathOf(here()), version, soon()))
  })

  test(`${label}: a store that fails, or cuts the line, is down`, async (t) => {
    for (const status of [500, 502, 503]) {
      const url = await answering(t, (_request, response) => {
        response.writeHead(status).end(`no: ${VALUE}`)
      })
      await allEnd('down', await openAt(t, url))
    }
    const url = await answering(t, (request) => request.socket.destroy())
    await allEnd('down', await openAt(t, url))
  })

  test(`${label}: a 404 of what stands before a store is not its word that nothing is there`, async (t) => {
    for (const body of ['', '<html>no such page</html>', '{"message":"no such route"}']) {
      const url = await answering(t, (_request, response) => {
        response.writeHead(404, { 'content-type': 'application/json' }).end(body)
      })
      const { store, version } = await openAt(t, url)
      const path = store.pathOf(here())
      const { mark } = here()
      for (const wish of [
        store.versions(path, mark, soon()),
        store.drop(path, mark, [version], soon()),
        store.remove(path, mark, soon()),
        store.list(null, soon()),
        store.browse('', null, soon()),
        store.look(path, soon()),
        store.peek(path, soon()),
      ]) {
        await assert.rejects(wish, { name: 'StoreFault' })
      }
    }
  })

  test(`${label}: what is given up ends at once, and is down`, async (t) => {
    const url = await answering(t, () => undefined)
    const { store, version } = await openAt(t, url)
    const path = store.pathOf(here())
    const { mark } = here()
    const put = {
      ...{ path, mark, value: SecretValue.fromText(VALUE), description: null },
      operation: crypto.randomUUID(),
    }
    for (const signal of [() => AbortSignal.timeout(100), () => AbortSignal.abort()]) {
      const begun = performance.now()
      const found = await Promise.all([
        fault('down', store.put(put, signal())),
        fault('down', store.get(path, version, signal())),
        fault('down', store.versions(path, mark, signal())),
        fault('down', store.remove(path, mark, signal())),
        fault('down', store.list(null, signal())),
        fault('down', store.browse('', null, signal())),
        fault('down', store.look(path, signal())),
        fault('down', store.peek(path, signal())),
      ])
      assert.ok(performance.now() - begun < 2_000)
      found.forEach(holdsNoValue)
    }
  })

  test(`${label}: a credential that is not known is refused`, async (t) => {
    const { refused, put } = writing(t, await open(t))
    if (refused === null) {
      t.skip('the emulator takes any')
      return
    }
    const store = await refused()
    t.after(() => store.close())
    const version = await put({ value: SecretValue.fromText('at the right place') })
    await allEnd('refused', { store, version })
  })

  test(`${label}: nothing that goes wrong shows the value`, async (t) => {
    const { store, put, plant } = writing(t, await open(t))
    await plant(store.pathOf(here()))
    const value = SecretValue.fromText(VALUE)
    holdsNoValue(await fault('not_ours', put({ value, description: VALUE })))
    const nowhere = here({ secret: '8' })
    const put2 = { value: SecretValue.fromText(VALUE), of: nowhere }
    const version = await put(put2)
    await store.remove(store.pathOf(nowhere), nowhere.mark, soon())
    holdsNoValue(await fault('missing', store.get(store.pathOf(nowhere), version, soon())))
  })
}
