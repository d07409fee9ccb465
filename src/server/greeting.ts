import type { AccountId } from '#domain/ids.ts'
import type { Config } from './config.ts'
import { dialects } from './registry.ts'

interface Told {
  readonly url: string
  readonly metricsUrl: string | null
  readonly account: AccountId
  readonly token: string | null
  readonly config: Config
  readonly fingerprint: string
}

/** What a person is told at start: where it answers and, once, the token and the first steps. */
export function greeting(told: Told): string {
  const { url, metricsUrl, account, token, config, fingerprint } = told
  const lines = [
    `Strongroom answers at ${url}`,
    '',
    `  data      ${config.databaseUrl === null ? config.dataDir : 'PostgreSQL'}`,
    `  root key  ${fingerprint} in ${config.passphraseFile ?? config.keyFile}`,
    `  account   ${account}`,
    ...(metricsUrl === null ? [] : [`  metrics   ${metricsUrl}`]),
  ]
  if (token === null) return `${lines.join('\n')}\n`
  const steps = dialects.flatMap((dialect) => [
    '',
    `${dialect.title}:`,
    ...dialect.firstSteps(url, token, account).map((line) => `  ${line}`),
  ])
  return [
    ...lines,
    '',
    'Keep the root key file apart from the data, and a copy of it: without it nothing can be read.',
    'Your admin token, shown this once:',
    '',
    `  ${token}`,
    ...steps,
    '',
    '',
  ].join('\n')
}
