import { invalid, Refusal, unmet } from './refusal.ts'
import {
  castagnoli,
  checkAliases,
  checkAnnotations,
  checkId,
  checkLabels,
  checkPayload,
  pageOf,
} from './rules.ts'
import { newEtag, there, versionIn, type Secret, type State, type Version } from './state.ts'
import { parts, secretOut, versionOut, type Request, type SecretSent } from './wire.ts'

type Does = (request: Request) => object

/** Each method of the service, as its proto files and the vendor's pages say it behaves. */
export function methodsOf(state: State, project: string): Readonly<Record<string, Does>> {
  const idIn = (name: string): string => parts(name, project)[0] ?? ''
  const now = (name: string): Secret => there(state.now(idIn(name)))

  const methods = {
    createSecret({ parent, secretId, secret }: Request) {
      parts(parent, project)
      checkId(secretId)
      const sent = required(secret, 'secret')
      checkSent(sent)
      // The replication "cannot be left out" of a global secret (the vendor's page on creating one).
      const { automatic = null, userManaged = null } = sent.replication ?? {}
      if ((automatic ?? userManaged) === null) throw invalid('Field [replication] is required.')
      if (state.now(secretId) !== null) throw new Refusal('ALREADY_EXISTS', 'It already exists.')
      const made = { ...fieldsOf(sent), id: secretId, createdAt: Date.now() }
      state.set(secretId, { ...made, etag: newEtag(), versions: [] })
      return secretOut(there(state.now(secretId)))
    },

    getSecret: ({ name }: Request) => secretOut(there(state.seen(idIn(name)))),

    listSecrets({ parent, pageSize, pageToken, filter }: Request) {
      parts(parent, project)
      // The vendor's page on filtering: `name:x` finds names that contain x; nothing else is known here.
      const [, part] = /^name:([\w-]+)$/.exec(filter) ?? []
      if (filter !== '' && part === undefined) throw invalid('Bad filter.')
      const all = state.all().filter(({ id }) => id.includes(part ?? ''))
      const page = pageOf(all, pageSize, pageToken)
      const totalSize = filter === '' ? all.length : 0
      return { ...page, secrets: page.part.map(secretOut), totalSize }
    },

    updateSecret({ secret, updateMask }: Request) {
      const sent = required(secret, 'secret')
      const paths = required(updateMask, 'update_mask').paths
      const held = now(sent.name)
      sameEtag(held.etag, sent.etag)
      checkSent(sent)
      const changed = masked(held, sent, paths)
      state.set(held.id, { ...changed, etag: newEtag() })
      return secretOut(there(state.now(held.id)))
    },

    deleteSecret({ name, etag }: Request) {
      const held = now(name)
      sameEtag(held.etag, etag)
      state.set(held.id, null)
      return {}
    },

    addSecretVersion({ parent, payload }: Request) {
      const { data, dataCrc32c = null } = required(payload, 'payload')
      const held = now(parent)
      checkPayload(data, dataCrc32c)
      const number = (held.versions.at(-1)?.number ?? 0) + 1
      const added: Version = {
        ...{ number, state: 'ENABLED', data, sum: castagnoli(data), checked: dataCrc32c !== null },
        ...{ createdAt: Date.now(), destroyedAt: null, destroyAt: null, etag: newEtag() },
      }
      // "Updating a secret version doesn't affect the secret ETag" (the vendor's page on etags).
      state.set(held.id, { ...held, versions: [...held.versions, added] })
      return versionOut(held, added)
    },

    getSecretVersion({ name }: Request) {
      const [id = '', version = ''] = parts(name, project)
      const held = there(state.seen(id))
      return versionOut(held, versionIn(held, version))
    },

    accessSecretVersion({ name }: Request) {
      const [id = '', version = ''] = parts(name, project)
      const held = there(/^\d+$/.test(version) ? state.now(id) : state.seen(id))
      const found = versionIn(held, version)
      // Its words: google-github-actions/get-secretmanager-secrets, issue 268.
      if (found.state !== 'ENABLED') throw unmet(`Secret Version is in ${found.state} state.`)
      const payload = { data: found.data, dataCrc32c: String(found.sum) }
      return { name: versionOut(held, found).name, payload }
    },

    listSecretVersions({ parent, pageSize, pageToken, filter }: Request) {
      if (filter !== '') throw invalid('Bad filter.')
      const held = there(state.seen(idIn(parent)))
      const page = pageOf(held.versions.toReversed(), pageSize, pageToken)
      const versions = page.part.map((version) => versionOut(held, version))
      return { ...page, versions, totalSize: held.versions.length }
    },

    enableSecretVersion: (request: Request) => turned(request, () => ({ state: 'ENABLED' })),
    disableSecretVersion: (request: Request) => turned(request, () => ({ state: 'DISABLED' })),
    destroySecretVersion: (request: Request) => turned(request, destroyed),
  }
  return methods

  /** "A version may not leave this state": unsure of the code, and whether destroying twice is refused. */
  function turned(
    { name, etag }: Request,
    change: (held: Secret) => Partial<Version>,
  ): ReturnType<typeof versionOut> {
    const [id = '', number = ''] = parts(name, project)
    const held = there(state.now(id))
    const version = versionIn(held, number)
    sameEtag(version.etag, etag)
    if (version.state === 'DESTROYED') throw unmet('Secret Version is in DESTROYED state.')
    const after: Version = { ...version, ...change(held), etag: newEtag() }
    const versions = held.versions.map((one) => (one === version ? after : one))
    state.set(held.id, { ...held, versions })
    return versionOut(held, after)
  }
}

/** With a TTL the version "goes to a disabled state" first (resources.proto, version_destroy_ttl). */
const destroyed = ({ destroyTtl }: Secret): Partial<Version> =>
  destroyTtl > 0
    ? { state: 'DISABLED', destroyAt: Date.now() + destroyTtl * 1000 }
    : { state: 'DESTROYED', destroyedAt: Date.now(), data: Buffer.alloc(0) }

/** A wrong one "fails with a FAILED_PRECONDITION error"; none is not looked at (the page on etags). */
function sameEtag(held: string, sent: string): void {
  if (sent !== '' && sent !== held) throw unmet('The etag does not match.')
}

function required<T>(sent: T | null, field: string): T {
  if (sent === null) throw invalid(`Field [${field}] is required.`)
  return sent
}

function checkSent(sent: SecretSent): void {
  checkLabels(sent.labels)
  checkAnnotations(sent.annotations)
  checkAliases(sent.versionAliases)
}

const fieldsOf = (sent: SecretSent) => ({
  labels: sent.labels,
  annotations: sent.annotations,
  aliases: sent.versionAliases,
  destroyTtl: Number(sent.versionDestroyTtl?.seconds ?? 0),
})

/** Only what the mask names is changed; what cannot be changed is refused (unsure of the code). */
function masked(held: Secret, sent: SecretSent, paths: readonly string[]): Secret {
  const fields = fieldsOf(sent)
  const byPath: Readonly<Record<string, Partial<Secret>>> = {
    labels: { labels: fields.labels },
    annotations: { annotations: fields.annotations },
    version_aliases: { aliases: fields.aliases },
    version_destroy_ttl: { destroyTtl: fields.destroyTtl },
  }
  if (paths.length === 0) throw invalid('Field [update_mask] is required.')
  return paths.reduce((secret, path) => {
    const change = byPath[path]
    if (change === undefined) throw invalid('The update mask names what cannot be updated.')
    return { ...secret, ...change }
  }, held)
}
