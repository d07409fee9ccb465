import { pythonWith } from './python.ts'
import { startWatched, type Watched } from './watched.ts'

const server = new URL('moto_server.py', import.meta.url).pathname
const requirements = new URL('moto.requirements.txt', import.meta.url).pathname

/** A call of each service that is used, the cheapest it has. */
const CALLS = [
  { service: 'secretsmanager', target: 'secretsmanager.ListSecrets' },
  { service: 'ssm', target: 'AmazonSSM.DescribeParameters' },
] as const

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
      for (const call of CALLS) if (!(await answers(url, call))) return false
      return true
    },
  })
}

async function answers(url: string, { service, target }: (typeof CALLS)[number]): Promise<boolean> {
  const credential = `AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/${service}/aws4_request`
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': target,
      authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0`,
    },
    body: '{}',
  })
  return answer.ok
}
