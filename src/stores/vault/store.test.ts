import { after } from 'node:test'
import { SecretValue } from '#domain/secret-value.ts'
import { exerciseRemoteStore, ownPrefix } from '#test/contract/remote-store.ts'
import { startOpenbao, type RunningOpenbao } from '#test/support/openbao.ts'
import { openVault } from './store.ts'
const openbao: RunningOpenbao = await startOpenbao()
after(() => openbao.stop())
const credential = (token: string) => SecretValue.fromText(JSON.stringify({ token }))
exerciseRemoteStore('OpenBao', async () => {
  const config = { url: openbao.url, prefix: ownPrefix() }
  return {
    store: await openVault(config, credential(openbao.token)),
    plant: async (path) => {
      await openbao.call('POST', `secret/data/${path}`, { data: { theirs: 'x' } })
      return {
        untouched: async () => {
          const { data } = (await openbao.call('GET', `secret/metadata/${path}`)) as {
            data: {
              current_version: number
              custom_metadata: unknown
              versions: Record<string, { destroyed: boolean }>
            }
          }
          return (
            data.current_version === 1 &&
            data.custom_metadata === null &&
            data.versions['1']?.destroyed === false
          )
        },
        uproot: async () => {
          await openbao.call('DELETE', `secret/metadata/${path}`)
        },
      }
    },
    refused: () => openVault(config, credential('unknown')),
    at: (url) => openVault({ ...config, url }, credential(openbao.token)),
    limits: { least: 0, text: null, bytes: null },
    repeats: 'same version',
    page: 100,
  }
})
