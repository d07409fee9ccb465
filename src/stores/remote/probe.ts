import { SecretValue } from '#domain/secret-value.ts'
import { StoreFault, type Mark, type RemoteStore } from '#ports/remote-store.ts'
import { NotAsked, type Guard } from './guard.ts'

const TEXT = 'strongroom looks whether it can write, read and remove here'

/**
 * Puts, reads and removes a probe of our own; throws the `StoreFault` of what did not work. What a
 * put may have left behind is taken away too; if the store does not let that be done either, a plan
 * shows it as an orphan.
 */
export async function probe(
  remote: RemoteStore,
  guard: Guard,
  mark: Mark,
  newOperation: () => string,
): Promise<void> {
  const path = remote.pathOf({ ...mark, group: 'strongroom', name: 'probe' })
  const value = SecretValue.fromText(TEXT)
  const put = { path, mark, value, description: null, operation: newOperation() }
  const remove = () => guard.run('remove', 'always', (signal) => remote.remove(path, mark, signal))
  const version = await guard
    .run('put', 'throttled', (signal) => remote.put(put, signal))
    .catch(async (error: unknown) => {
      // It may be there all the same. Why the put failed is what is told, whatever this says.
      if (!(error instanceof NotAsked)) await remove().catch(() => undefined)
      throw error
    })
  try {
    const read = await guard.run('get', 'always', (signal) => remote.get(path, version, signal))
    if (Buffer.from(read.reveal()).toString() !== TEXT) {
      throw new StoreFault('rejected', 'what was written is not what is read')
    }
  } finally {
    await remove()
  }
}
