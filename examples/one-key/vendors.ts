import { execFile } from 'node:child_process'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Person, Place } from './cast.ts'
import { parsed, succeeded, told, type Ended } from './commands.ts'
import { call } from './telling.ts'

/** What points each vendor's client at the vault. Nothing else about them is changed. */
const variables = {
  scale: ({ url, account }: Place, { token }: Person) => ({
    ...{ SGP_CLIENT_BASE_URL: url, SGP_API_KEY: token, SGP_ACCOUNT_ID: account },
  }),
  prime: ({ url }: Place, { token }: Person) => ({
    ...{ PRIME_API_BASE_URL: url, PRIME_API_KEY: token, PRIME_DISABLE_VERSION_CHECK: '1' },
  }),
  truefoundry: ({ url }: Place, { token }: Person) => ({ TFY_HOST: url, TFY_API_KEY: token }),
}

type Vendor = keyof typeof variables

interface Failed {
  readonly code: unknown
  readonly stdout: string
  readonly stderr: string
}

/** A program that could not be started has no number for its end. */
const failed = ({ code, stdout, stderr }: Failed): Ended => ({
  code: typeof code === 'number' ? code : 127,
  ...{ out: stdout, err: stderr },
})

/** Runs something of the virtual environment as somebody, with one vendor's variables. */
async function run(
  place: Place,
  { as, vendor }: { readonly as: Person; readonly vendor: Vendor },
  { command, args, input = '' }: { command: string; args: readonly string[]; input?: string },
): Promise<Ended> {
  const bin = dirname(place.python)
  const own = { PATH: bin, HOME: place.home, LC_ALL: 'C.UTF-8' }
  const env = { ...own, ...variables[vendor](place, as) }
  const running = promisify(execFile)(join(bin, command), args, { env, cwd: place.home })
  // A program that ends before it reads is no failure of the story.
  running.child.stdin?.on('error', () => undefined).end(input)
  return running.then(
    ({ stdout, stderr }) => ({ code: 0, out: stdout, err: stderr }),
    (error: unknown) => failed(error as Failed),
  )
}

/** Runs the `prime` command and tells of it, however it ends. */
export async function prime(place: Place, as: Person, args: readonly string[]): Promise<Ended> {
  call(as.name, `$ prime ${told(args)}`)
  return run(place, { as, vendor: 'prime' }, { command: 'prime', args })
}

/** A call of a vendor's client: as it is told, and what the script beside this file takes for it. */
export interface Call {
  readonly says: string
  readonly args: readonly string[]
  /** By standard input, never an argument: other processes can see those. */
  readonly value?: string
}

async function script<T>(place: Place, as: Person, vendor: Vendor, asked: Call): Promise<T> {
  const { says, args, value = '' } = asked
  call(as.name, `> ${says}`)
  const path = join(import.meta.dirname, `with_${vendor}.py`)
  const python = { command: 'python', args: ['-W', 'ignore', path, ...args], input: value }
  return parsed(succeeded(await run(place, { as, vendor }, python), says), says) as T
}

/** Has Scale's client do something and tells of it. */
export const scale = <T>(place: Place, as: Person, asked: Call): Promise<T> =>
  script(place, as, 'scale', asked)

/** Has TrueFoundry's SDK do something and tells of it. */
export const trueFoundry = <T>(place: Place, as: Person, asked: Call): Promise<T> =>
  script(place, as, 'truefoundry', asked)
