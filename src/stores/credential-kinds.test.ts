import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { SecretValue } from '#domain/secret-value.ts'
import { ownDirectory } from '#test/support/directory.ts'
import { openAwsParameterStore } from './aws-parameter-store/store.ts'
import { openAwsSecretsManager } from './aws-secrets-manager/store.ts'
import { openAzureKeyVault } from './azure-key-vault/store.ts'
import { openGcpSecretManager } from './gcp-secret-manager/store.ts'
import { openVault } from './vault/store.ts'

const json = (credential: object) => SecretValue.fromText(JSON.stringify(credential))

/** Credentials that vendors' own tools take, and that have a program run, a file read or a URL asked. */
const kinds = (command: string, file: string): readonly object[] => {
  const source = (of: object) => ({
    ...{ type: 'external_account', audience: 'a', subject_token_type: 't' },
    ...{ token_url: 'https://sts.example/', credential_source: of },
  })
  return [
    source({ executable: { command, timeout_millis: 5_000 } }),
    source({ file }),
    source({ url: 'http://169.254.169.254/' }),
    { type: 'external_account_authorized_user', refresh_token: 'x', token_url: 'http://x/' },
    { type: 'authorized_user', client_id: 'x', client_secret: 'x', refresh_token: 'x' },
    { type: 'impersonated_service_account', source_credentials: source({ file }) },
    { type: 'gdch_service_account', ca_cert_path: file, token_uri: 'http://x/' },
    ...[{ credential_process: command }, { profile: 'default' }, { web_identity_token_file: file }],
    { tenant_id: 't', client_id: 'c', client_certificate_path: file },
    { tenant_id: 't', client_id: 'c', certificate_path: file, federated_token_file: file },
    ...[{ token_file: file }, { path: file }, { command }, { role_id: 'r', secret_id_file: file }],
  ]
}

// Bug classes 79, 80: CVE-2025-6000, CVE-2025-54997. What an API takes names no program and no file.
test('a credential that has something run, read or asked for is refused', async () => {
  const folder = await ownDirectory()
  const [ran, file] = [join(folder, 'it-ran'), join(folder, 'a-token')]
  writeFileSync(file, 'a token that this server could read')
  const url = 'https://8.8.8.8'
  for (const kind of kinds(`touch ${ran}`, file)) {
    const credential = json(kind)
    for (const open of [
      () => openAwsSecretsManager({ region: 'us-east-1' }, credential),
      () => openAwsParameterStore({ region: 'us-east-1' }, credential),
      () => openAzureKeyVault({ url }, credential, { now: Date.now }),
      () => openGcpSecretManager({ project: 'p-12345' }, credential),
      () => openVault({ url }, credential),
    ]) {
      const opening = async () => (await open()).close()
      await assert.rejects(opening, { name: 'StoreFault', kind: 'refused' }, JSON.stringify(kind))
    }
  }
  assert.ok(!existsSync(ran))
})
