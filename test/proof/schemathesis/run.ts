import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { pythonWith } from '#test/support/python.ts'

/** What a run is given. */
export interface Run {
  readonly url: string
  readonly openapiPath: string
  readonly settings: string
  readonly seed: number
  /** Requests made up for each operation, in each direction, beside those at its edges. */
  readonly examples: number
  /** By operation id; `null` for all. */
  readonly only: readonly string[] | null
  /** What only reading may be asked about. */
  readonly spared: readonly string[]
}

/** What it came to. */
export interface Outcome {
  /** Its own words; empty if nothing was found. */
  readonly found: string
  readonly requests: number
  /** By operation and status, such as `GET /v5/credentials 200`. */
  readonly statuses: Readonly<Record<string, number>>
  readonly slowest: { readonly ms: number; readonly operation: string }
}

/**
 * What every answer owes. Left out are two that ask how much a document says of what is taken: names,
 * addresses and moments are judged by the domain, in more than a schema can say.
 */
const CHECKS = [
  ...['not_a_server_error', 'status_code_conformance', 'content_type_conformance'],
  ...['response_headers_conformance', 'response_schema_conformance', 'missing_required_header'],
  ...['unsupported_method', 'allow_header_conformance', 'use_after_free', 'ignored_auth'],
  'ensure_resource_availability',
]

/** Longer is a hang. */
const HANG_S = 2

const here = new URL('.', import.meta.url).pathname

const execute = promisify(execFile)

/** Its report from the first complaint on. */
function complaintsIn(said: string): string {
  const at = said.search(/=+ (?:ERRORS|FAILURES) =+/)
  return at === -1 ? said : said.slice(at)
}

const argumentsOf = (run: Run, settings: string): readonly string[] => [
  ...['-m', 'schemathesis.cli', '--config-file', settings, '--no-color'],
  ...['run', `${run.url}${run.openapiPath}`, '--url', run.url],
  ...['--checks', CHECKS.join(','), '--max-response-time', String(HANG_S)],
  ...['--max-examples', String(run.examples), '--seed', String(run.seed)],
  ...['--request-timeout', '30'],
  ...['--generation-database', 'none', '--suppress-health-check', 'all'],
  ...['--continue-on-failure', '--no-shrink', '--warnings', 'off'],
  ...(run.only ?? []).flatMap((operationId) => ['--include-operation-id', operationId]),
]

/** Runs Schemathesis, which is pinned with all it rests on, against a document of a running server. */
export async function schemathesis(run: Run): Promise<Outcome> {
  const python = await pythonWith('schemathesis', join(here, 'requirements.txt'))
  const folder = await mkdtemp(join(tmpdir(), 'strongroom-schemathesis-'))
  const settings = join(folder, 'schemathesis.toml')
  const seen = join(folder, 'seen.json')
  const env = {
    ...{ PATH: dirname(python), HOME: folder, PYTHONPATH: here },
    ...{ PYTHONDONTWRITEBYTECODE: '1', SCHEMATHESIS_HOOKS: 'hooks' },
    ...{ STRONGROOM_SPARED: run.spared.join(','), STRONGROOM_SEEN: seen },
  }
  try {
    await writeFile(settings, run.settings)
    const options = { cwd: folder, env, maxBuffer: 64 * 1024 * 1024 }
    const found = await execute(python, argumentsOf(run, settings), options).then(
      () => '',
      (error: unknown) => complaintsIn((error as { readonly stdout: string }).stdout),
    )
    const told = JSON.parse(await readFile(seen, 'utf8')) as Omit<Outcome, 'found' | 'requests'>
    const requests = Object.values(told.statuses).reduce((sum, n) => sum + n, 0)
    return { found, requests, ...told }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
