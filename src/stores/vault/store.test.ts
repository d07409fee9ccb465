import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { SecretValue } from '#domain/secret-value.ts'
import {
  exerciseRemoteStore,
  ownPrefix,
  type RemoteUnderTest,
} from '#test/contract/remote-store.ts'
import { fault, here, soon, writing } from '#test/contract/remote-store/trial.ts'
import { askVault, startOpenbao, type VaultCaller } from '#test/support/openbao.ts'
import { openVault } from './store.ts'

/** A Vault of somebody’s, by these variables; without the first, an OpenBao of our own. */
async function vault(): Promise<VaultCaller> {
  const url = process.env['STRONGROOM_TEST_VAULT_URL']
  if (url === undefined) {
    const openbao = await startOpenbao()
    after(() => openbao.stop())
    return openbao
  }
  const token = process.env['STRONGROOM_TEST_VAULT_TOKEN'] ?? ''
  const namespace = process.env['STRONGROOM_TEST_VAULT_NAMESPACE']
  return namespace === undefined ? { url, token } : { url, token, namespace }
}

const caller = await vault()
const mount = process.env['STRONGROOM_TEST_VAULT_MOUNT'] ?? 'secret'
const { url, token, ...namespace } = { ...caller, stop: undefined }
const account = { url, mount, ...(namespace.namespace === undefined ? {} : namespace) }
const credentialOf = (token: string) => SecretValue.fromText(JSON.stringify({ token }))

interface Metadata {
  readonly data: {
    readonly current_version: number
    readonly custom_metadata: Readonly<Record<string, string>> | null
    readonly max_versions: number
    readonly versions: Readonly<Record<string, { readonly destroyed: boolean }>>
  }
}

const metadataOf = async (path: string) =>
  ((await askVault(caller, 'GET', `${mount}/metadata/${path}`)) as Metadata).data

async function plant(path: string) {
  await askVault(caller, 'POST', `${mount}/data/${path}`, { data: { any: 'theirs' } })
  return {
    untouched: async () => {
      const { current_version, custom_metadata, versions } = await metadataOf(path)
      const kept = versions['1']?.destroyed === false
      return kept && current_version === 1 && custom_metadata === null
    },
    uproot: async () => {
      await askVault(caller, 'DELETE', `${mount}/metadata/${path}`)
    },
  }
}

async function open(): Promise<RemoteUnderTest & { readonly prefix: string }> {
  const config = { ...account, prefix: ownPrefix() }
  return {
    ...{ store: await openVault(config, credentialOf(token)), plant, prefix: config.prefix },
    refused: () => openVault(config, credentialOf('unknown')),
    at: (url) => openVault({ ...config, url }, credentialOf('nobody')),
    limits: { least: 0, text: null, bytes: null },
    repeats: 'same version',
    page: 100,
  }
}

exerciseRemoteStore('Vault', open)

test('Vault: other tools read text as text, and see whose it is', async (t) => {
  const { store, put } = writing(t, await open())
  const path = store.pathOf(here())
  await put({ value: SecretValue.fromText('a text\n'), description: 'what\nfor' })
  const { data } = (await askVault(caller, 'GET', `${mount}/data/${path}`)) as {
    readonly data: { readonly data: Readonly<Record<string, string>> }
  }
  assert.equal(data.data['value'], 'a text\n')
  const { custom_metadata, max_versions } = await metadataOf(path)
  assert.deepEqual(custom_metadata, {
    'strongroom-installation': here().mark.installation,
    'strongroom-account': here().account,
    'strongroom-secret': here().secret,
    description: 'what for',
  })
  assert.equal(max_versions, 100)
})

test('Vault: words that others wrote beside a secret stay there', async (t) => {
  const { store, put } = writing(t, await open())
  const path = store.pathOf(here())
  await put({ value: SecretValue.fromText('x'), description: 'before' })
  const before = (await metadataOf(path)).custom_metadata
  const body = { custom_metadata: { ...before, team: 'theirs' } }
  await askVault(caller, 'POST', `${mount}/metadata/${path}`, body)
  await put({ value: SecretValue.fromText('y'), description: 'after' })
  const { custom_metadata } = await metadataOf(path)
  assert.deepEqual(
    [custom_metadata?.['team'], custom_metadata?.['description']],
    ['theirs', 'after'],
  )
})

test('Vault: a first write that was cut off before its mark is still ours', async (t) => {
  const { store, put } = writing(t, await open())
  const path = store.pathOf(here())
  const operation = crypto.randomUUID()
  await put({ value: SecretValue.fromText('x'), operation })
  const { data } = (await askVault(caller, 'GET', `${mount}/data/${path}`)) as {
    readonly data: { readonly data: object }
  }
  await askVault(caller, 'DELETE', `${mount}/metadata/${path}`)
  await askVault(caller, 'POST', `${mount}/data/${path}`, { data: data.data })
  assert.deepEqual(await store.versions(path, here().mark, soon()), ['1'])
  assert.equal(await put({ value: SecretValue.fromText('x'), operation }), '1')
  assert.notEqual((await metadataOf(path)).custom_metadata, null)
})

test('Vault: gives no version but by its number', async (t) => {
  const { store, put } = writing(t, await open())
  const path = store.pathOf(here())
  await put({ value: SecretValue.fromText('x') })
  for (const version of ['0', '', '-1', '01', '1.0', '1&x=1', 'latest']) {
    await fault('missing', store.get(path, version, soon()))
  }
})

test('Vault: an engine that is not there is no missing secret', async () => {
  const store = await openVault({ ...account, mount: 'nothing-here' }, credentialOf(token))
  await fault('rejected', store.versions(store.pathOf(here()), here().mark, soon()))
})
