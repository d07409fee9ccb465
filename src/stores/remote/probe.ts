import { SecretValue } from '#domain/secret-value.ts'
import { StoreFault, type Mark, type RemoteStore } from '#ports/remote-store.ts'
import type { Guard } from './guard.ts'

const TEXT = 'strongroom looks whether it can write, read and remove here'

/** Puts, reads and removes a probe of our own; throws the `StoreFault` of what did not work. */
export async function probe(
  remote: RemoteStore,
  guard: Guard,
  mark: Mark,
  newOperation: () => string,
): Promise<void> {
  const path = remote.pathOf({ ...mark, group: 'strongroom', name: 'probe' })
  const value = SecretValue.fromText(TEXT)
  const put = { path, mark, value, description: null, operation: newOperation() }
  const version = await guard.run('put', 'throttled', (signal) => remote.put(put, signal))
  try {
    const read = await guard.run('get', 'always', (signal) => remote.get(path, version, signal))
    if (Buffer.from(read.reveal()).toString() !== TEXT) {
      throw new StoreFault('rejected', 'what was written is not what is read')
    }
  } finally {
    await guard.run('remove', 'always', (signal) => remote.remove(path, mark, signal))
  }
}
