import { pythonWith } from './python.ts'
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
    isReady: async (url) => (await fetch(`${url}/moto-api/data.json`)).ok,
  })
}
