import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import { SecretValue } from '#domain/secret-value.ts'
import { codeOf, Failure, whySystem } from './failure.ts'

/** The vault a person logged in to. */
export interface Login {
  readonly url: string
  readonly token: SecretValue
}

type Env = Readonly<Record<string, string | undefined>>

const OTHERS = 0o077
const modes = process.platform !== 'win32'

/** Where the login is kept (XDG Base Directory: a relative path there is to be ignored). */
export function loginPath(env: Env): string {
  const xdg = env['XDG_CONFIG_HOME'] ?? ''
  const home = env['HOME'] ?? ''
  const config = isAbsolute(xdg) ? xdg : join(isAbsolute(home) ? home : homedir(), '.config')
  return join(config, 'strongroom', 'config.json')
}

/** The login, or `null` when there is none. Throws `Failure` when the file cannot be trusted. */
export function readLogin(env: Env): Login | null {
  const path = loginPath(env)
  let text: string
  try {
    if (modes && (statSync(path).mode & OTHERS) !== 0) {
      throw new Failure(
        `others can read ${path}: log in again, and revoke the token that was in it`,
      )
    }
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    if (error instanceof Failure) throw error
    throw new Failure(`cannot read ${path}: ${whySystem(error)}`)
  }
  const login = parse(text)
  if (login === null) throw new Failure(`${path} is damaged: log in again`)
  return login
}

function parse(text: string): Login | null {
  try {
    const { url, token } = JSON.parse(text) as { url?: unknown; token?: unknown }
    if (typeof url !== 'string' || typeof token !== 'string') return null
    return { url, token: SecretValue.fromText(token) }
  } catch {
    return null
  }
}

/** Keeps a login in the place of the one before, whole or not at all; gives the file's path. */
export function writeLogin(env: Env, { url, token }: Login): string {
  const path = loginPath(env)
  const next = `${path}.${randomBytes(6).toString('hex')}`
  const text = Buffer.from(token.reveal()).toString('utf8')
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    chmodSync(dirname(path), 0o700)
    try {
      const file = openSync(next, 'wx', 0o600)
      writeSync(file, `${JSON.stringify({ url, token: text })}\n`)
      fsyncSync(file)
      closeSync(file)
      renameSync(next, path)
    } finally {
      rmSync(next, { force: true })
    }
  } catch (error) {
    throw new Failure(`cannot write ${path}: ${whySystem(error)}`)
  }
  return path
}

/** Forgets the login; whether there was one. */
export function removeLogin(env: Env): boolean {
  const path = loginPath(env)
  try {
    rmSync(path)
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw new Failure(`cannot remove ${path}: ${whySystem(error)}`)
  }
}
