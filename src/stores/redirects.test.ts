import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'
import { SecretValue } from '#domain/secret-value.ts'
import type { StoreConfig } from '#domain/store.ts'
import type { RemoteStore } from '#ports/remote-store.ts'
import { openAwsParameterStore } from './aws-parameter-store/store.ts'
import { openAwsSecretsManager } from './aws-secrets-manager/store.ts'
import { openAzureKeyVault } from './azure-key-vault/store.ts'
import { openVault } from './vault/store.ts'
import { here, soon } from '#test/contract/remote-store/trial.ts'
import { UNKNOWN_KEY } from '#test/support/aws-account.ts'

type Open = (config: StoreConfig) => Promise<RemoteStore>

const json = (credential: object) => SecretValue.fromText(JSON.stringify(credential))

/** Those that speak HTTP as browsers do; the fifth, gRPC, has no such answer. */
const OPENERS: Readonly<Record<string, Open>> = {
  'Secrets Manager': (config) => openAwsSecretsManager(config, UNKNOWN_KEY),
  'Parameter Store': (config) => openAwsParameterStore(config, UNKNOWN_KEY),
  'azure-key-vault': (config) =>
    openAzureKeyVault(config, json({ access_token: 'a-credential' }), { now: Date.now }),
  Vault: (config) => openVault(config, json({ token: 'a-credential' })),
}

async function server(t: TestContext, answer: Parameters<typeof createServer>[1]) {
  const made = createServer(answer).listen(0, '127.0.0.1')
  await once(made, 'listening')
  t.after(() => {
    made.closeAllConnections()
    made.close()
  })
  return `http://127.0.0.1:${(made.address() as AddressInfo).port}`
}

for (const [label, open] of Object.entries(OPENERS)) {
  // Bug classes 68, 93: CVE-2023-45143, CVE-2023-23936.
  test(`${label}: an answer that points elsewhere is a fault, and is not followed`, async (t) => {
    let followed = 0
    const elsewhere = await server(t, (_asked, answer) => {
      followed += 1
      answer.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
    for (const status of [301, 302, 303, 307, 308]) {
      let asked = 0
      const url = await server(t, (request, answer) => {
        asked += 1
        answer.writeHead(status, { location: `${elsewhere}${request.url ?? ''}` }).end()
      })
      const store = await open({ region: 'us-east-1', url })
      const { mark } = here()
      const path = store.pathOf(here())
      await assert.rejects(store.list(null, soon()), { name: 'StoreFault' })
      await assert.rejects(store.get(path, '1', soon()), { name: 'StoreFault' })
      await assert.rejects(store.remove(path, mark, soon()), { name: 'StoreFault' })
      assert.ok(asked >= 2, `${status}: asked ${asked} times`)
      await store.close()
    }
    assert.equal(followed, 0)
  })
}
