import { pythonWith } from './python.ts'
import { heldInParameterStore, heldInSecretsManager } from './vendor-held.ts'
import { startWatched, type Watched } from './watched.ts'

const server = new URL('moto_server.py', import.meta.url).pathname
const requirements = new URL('moto.requirements.txt', import.meta.url).pathname

/** Starts moto, an emulator of AWS: Secrets Manager and Parameter Store, in memory. */
export async function startMoto(): Promise<Watched> {
  const python = await pythonWith('moto', requirements)
  return startWatched({
    name: 'moto',
    command: python,
    args: (port) => [server, String(port)],
    // It loads a service when that is first called, which from a cold disk takes longer than a
    // vault waits for a store.
    async isReady(url) {
      await heldInSecretsManager(url)
      await heldInParameterStore(url)
      return true
    },
  })
}
