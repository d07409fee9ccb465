import { once } from 'node:events'

interface Told {
  readonly id?: number
  readonly method?: string
  readonly params?: { readonly chunk?: string }
  readonly error?: { readonly message: string }
}

/** Where a runtime that was started with `--inspect=0` listens, of what it wrote. */
export const inspectorIn = (heard: string): string | null =>
  /Debugger listening on (ws:\/\/\S+)/.exec(heard)?.[1] ?? null

/** The strings of the heap of another process, after its garbage was collected. */
export async function stringsOfHeap(url: string): Promise<Buffer> {
  const socket = new WebSocket(url)
  await once(socket, 'open')
  const chunks: string[] = []
  const waiting = new Map<number, (told: Told) => void>()
  socket.addEventListener('message', ({ data }) => {
    const told = JSON.parse(String(data)) as Told
    if (told.params?.chunk !== undefined) chunks.push(told.params.chunk)
    if (told.id !== undefined) waiting.get(told.id)?.(told)
  })
  let asked = 0
  const ask = async (method: string, params: object = {}) => {
    const id = (asked += 1)
    const answer = new Promise<Told>((resolve) => waiting.set(id, resolve))
    socket.send(JSON.stringify({ id, method, params }))
    const { error } = await answer
    if (error !== undefined) throw new Error(`${method}: ${error.message}`)
  }
  await ask('HeapProfiler.enable')
  await ask('HeapProfiler.collectGarbage')
  await ask('HeapProfiler.takeHeapSnapshot', { reportProgress: false, captureNumericValue: true })
  socket.close()
  await once(socket, 'close')
  const { strings } = JSON.parse(chunks.join('')) as { readonly strings: readonly string[] }
  return Buffer.from(strings.join('\n'))
}
