import type { GroupRole } from '#domain/group.ts'
import { SecretValue } from '#domain/secret-value.ts'
import type { Role } from '#domain/subject.ts'
import { Http, type ClientOptions } from './http.ts'
import { pages } from './pages.ts'
import { decodeOpened, encodeValue, jsonIn, type WireOpened } from './values.ts'
import type * as wire from './wire.ts'

/** Users and service accounts are the same kind of thing under two paths. */
export type People = 'users' | 'service-accounts'

/**
 * Our own API, typed. Every method throws `ApiError` for a refusal and `Unreachable` when the vault
 * did not answer. Lists are read page by page as they are walked.
 */
export class StrongroomClient {
  readonly #http: Http

  /** Throws `BadConnection` for what can be no address or no token. */
  constructor(options: ClientOptions) {
    this.#http = new Http(options)
  }

  /** The address of the vault, without a slash at the end. */
  get url(): string {
    return this.#http.url
  }

  async whoami(): Promise<wire.Self> {
    return (await this.#http.send('GET', ['whoami'])) as wire.Self
  }

  createAccount(name: string): Promise<wire.MadeWithToken> {
    return this.#makeWithToken(['accounts'], { name })
  }

  accounts(): AsyncGenerator<wire.Account> {
    return pages(this.#http, ['accounts']) as AsyncGenerator<wire.Account>
  }

  createUser(body: { email: string; role: Role; name?: string }): Promise<wire.MadeWithToken> {
    return this.#makeWithToken(['users'], body)
  }

  createServiceAccount(body: { name: string; role: Role }): Promise<wire.MadeWithToken> {
    return this.#makeWithToken(['service-accounts'], body)
  }

  people(kind: People): AsyncGenerator<wire.Subject> {
    return pages(this.#http, [kind]) as AsyncGenerator<wire.Subject>
  }

  async updatePerson(kind: People, id: string, body: wire.UpdateSubject): Promise<wire.Subject> {
    return (await this.#http.send('PATCH', [kind, id], { body })) as wire.Subject
  }

  async removePerson(kind: People, id: string): Promise<wire.Made> {
    return (await this.#http.send('DELETE', [kind, id])) as wire.Made
  }

  async createTeam(name: string): Promise<wire.Made> {
    return (await this.#http.send('POST', ['teams'], { body: { name } })) as wire.Made
  }

  teams(): AsyncGenerator<wire.Team> {
    return pages(this.#http, ['teams']) as AsyncGenerator<wire.Team>
  }

  async deleteTeam(team: string): Promise<wire.Made> {
    return (await this.#http.send('DELETE', ['teams', team])) as wire.Made
  }

  members(team: string): AsyncGenerator<wire.Member> {
    return pages(this.#http, ['teams', team, 'members']) as AsyncGenerator<wire.Member>
  }

  /** `member` is an id or an e-mail address. */
  async addMember(team: string, member: string): Promise<wire.Made> {
    const path = ['teams', team, 'members']
    return (await this.#http.send('POST', path, { body: { member } })) as wire.Made
  }

  async removeMember(team: string, member: string): Promise<wire.Made> {
    return (await this.#http.send('DELETE', ['teams', team, 'members', member])) as wire.Made
  }

  createToken(body: wire.CreateToken): Promise<wire.MadeWithToken> {
    return this.#makeWithToken(['tokens'], body)
  }

  /** The caller's own tokens, or those of a service account. */
  tokens(serviceAccount?: string): AsyncGenerator<wire.Token> {
    const query = { service_account: serviceAccount }
    return pages(this.#http, ['tokens'], query) as AsyncGenerator<wire.Token>
  }

  async revokeToken(id: string): Promise<wire.Token> {
    return (await this.#http.send('DELETE', ['tokens', id])) as wire.Token
  }

  async createGroup(body: wire.CreateGroup): Promise<wire.Group> {
    return (await this.#http.send('POST', ['groups'], { body })) as wire.Group
  }

  groups(): AsyncGenerator<wire.Group> {
    return pages(this.#http, ['groups']) as AsyncGenerator<wire.Group>
  }

  async group(group: string): Promise<wire.SizedGroup> {
    return (await this.#http.send('GET', ['groups', group])) as wire.SizedGroup
  }

  async deleteGroup(group: string): Promise<wire.Made> {
    return (await this.#http.send('DELETE', ['groups', group])) as wire.Made
  }

  /** With whom a group is shared directly. */
  async collaborators(group: string): Promise<readonly wire.Collaborator[]> {
    const path = ['groups', group, 'collaborators']
    const { data } = (await this.#http.send('GET', path)) as {
      data: readonly wire.Collaborator[]
    }
    return data
  }

  /** Shares a group with a user by e-mail address, with `team:NAME`, or a service account by name. */
  async shareGroup(group: string, who: string, role: GroupRole): Promise<wire.Collaborator> {
    const path = ['groups', group, 'collaborators']
    return (await this.#http.send('PUT', path, { body: { with: who, role } })) as wire.Collaborator
  }

  async unshareGroup(group: string, who: string): Promise<wire.Made> {
    const path = ['groups', group, 'collaborators', who]
    return (await this.#http.send('DELETE', path)) as wire.Made
  }

  /** The current value of every secret of a group, under the names they have there. */
  async readGroup(group: string): Promise<readonly wire.OpenedSecret[]> {
    const { data } = (await this.#http.send('GET', ['groups', group, 'values'])) as {
      data: readonly WireOpened[]
    }
    return data.map(decodeOpened)
  }

  /** Every secret the caller may see; `search` is part of a name. */
  secrets(search?: string): AsyncGenerator<wire.Secret> {
    return pages(this.#http, ['secrets'], { search }) as AsyncGenerator<wire.Secret>
  }

  /** Those of a group, and those it links to. */
  secretsIn(group: string): AsyncGenerator<wire.Secret> {
    return pages(this.#http, ['groups', group, 'secrets']) as AsyncGenerator<wire.Secret>
  }

  async createSecret(group: string, said: wire.CreateSecret): Promise<wire.Secret> {
    const body = { ...said, ...encodeValue(said.value) }
    return (await this.#http.send('POST', ['groups', group, 'secrets'], { body })) as wire.Secret
  }

  async secret(id: string): Promise<wire.Secret> {
    return (await this.#http.send('GET', ['secrets', id])) as wire.Secret
  }

  async secretNamed(group: string, name: string): Promise<wire.Secret> {
    return (await this.#http.send('GET', ['groups', group, 'secrets', name])) as wire.Secret
  }

  /** The value of a version, or the current one. */
  readSecret(id: string, version?: number): Promise<wire.OpenedSecret> {
    return this.#open(['secrets', id, 'value'], version)
  }

  readSecretNamed(group: string, name: string, version?: number): Promise<wire.OpenedSecret> {
    return this.#open(['groups', group, 'secrets', name, 'value'], version)
  }

  /** A new value becomes a new version, the current one. */
  async updateSecret(id: string, { value, ...said }: wire.UpdateSecret): Promise<wire.Secret> {
    const body = { ...said, ...(value === undefined ? {} : encodeValue(value)) }
    return (await this.#http.send('PATCH', ['secrets', id], { body })) as wire.Secret
  }

  async deleteSecret(id: string): Promise<wire.Removed> {
    return (await this.#http.send('DELETE', ['secrets', id])) as wire.Removed
  }

  deletedSecrets(): AsyncGenerator<wire.DeletedSecret> {
    return pages(this.#http, ['deleted-secrets']) as AsyncGenerator<wire.DeletedSecret>
  }

  /** Brings a secret back, to the group it was in or to another, under its name or another. */
  async undeleteSecret(id: string, group?: string, name?: string): Promise<wire.Secret> {
    const path = ['deleted-secrets', id, 'undelete']
    return (await this.#http.send('POST', path, { body: { group, name } })) as wire.Secret
  }

  /** Wipes a deleted secret now. */
  async purgeSecret(id: string): Promise<wire.Made> {
    return (await this.#http.send('DELETE', ['deleted-secrets', id])) as wire.Made
  }

  /** Newest first. */
  versions(id: string): AsyncGenerator<wire.Version> {
    const path = ['secrets', id, 'versions']
    return pages(this.#http, path, {}, 'before') as AsyncGenerator<wire.Version>
  }

  /** Adds a version that becomes the current one only if `activate` says so. */
  async createVersion(id: string, value: SecretValue, activate: boolean): Promise<wire.Version> {
    const body = { ...encodeValue(value), activate }
    return (await this.#http.send('POST', ['secrets', id, 'versions'], { body })) as wire.Version
  }

  async activateVersion(id: string, n: number): Promise<wire.Secret> {
    return (await this.#http.send('POST', versionPath(id, n, 'activate'))) as wire.Secret
  }

  async deleteVersion(id: string, n: number): Promise<wire.Version> {
    return (await this.#http.send('DELETE', versionPath(id, n))) as wire.Version
  }

  async undeleteVersion(id: string, n: number): Promise<wire.Version> {
    return (await this.#http.send('POST', versionPath(id, n, 'undelete'))) as wire.Version
  }

  /** Makes the secret of this id visible in a group, under its own name or another. */
  async createLink(group: string, secret: string, name?: string): Promise<wire.Secret> {
    const body = { secret, name }
    return (await this.#http.send('POST', ['groups', group, 'links'], { body })) as wire.Secret
  }

  async deleteLink(group: string, secret: string): Promise<wire.Made> {
    return (await this.#http.send('DELETE', ['groups', group, 'links', secret])) as wire.Made
  }

  environments(): AsyncGenerator<wire.Environment> {
    return pages(this.#http, ['environments']) as AsyncGenerator<wire.Environment>
  }

  /** Of the owner with this slug, or the caller's. */
  async createEnvironment(body: { name: string; owner?: string }): Promise<wire.Environment> {
    return (await this.#http.send('POST', ['environments'], { body })) as wire.Environment
  }

  /** `environment` is `OWNER/NAME` or an id. Everything it holds goes with it. */
  async deleteEnvironment(environment: string): Promise<wire.Made> {
    return (await this.#http.send('DELETE', ['environments', environment])) as wire.Made
  }

  /** Everything that a job of the environment is given, each name once. */
  async injection(environment: string): Promise<readonly wire.OpenedSecret[]> {
    const { data } = (await this.#http.send('GET', [
      ...['environments', environment, 'injection'],
    ])) as { data: readonly WireOpened[] }
    return data.map(decodeOpened)
  }

  async variables(environment: string): Promise<readonly wire.Variable[]> {
    const path = ['environments', environment, 'variables']
    const { data } = (await this.#http.send('GET', path)) as { data: readonly wire.Variable[] }
    return data
  }

  async putVariable(environment: string, name: string, value: string): Promise<wire.Variable> {
    const path = ['environments', environment, 'variables', name]
    return (await this.#http.send('PUT', path, { body: { value } })) as wire.Variable
  }

  async deleteVariable(environment: string, name: string): Promise<wire.Made> {
    const path = ['environments', environment, 'variables', name]
    return (await this.#http.send('DELETE', path)) as wire.Made
  }

  /** Sets up a store, after a probe. A store is named by its name or its id from there on. */
  async createStore({ credential, ...said }: wire.CreateStore): Promise<wire.Store> {
    const body = { ...said, credential: credential === null ? null : jsonIn(credential) }
    return (await this.#http.send('POST', ['stores'], { body })) as wire.Store
  }

  /** Those beside the embedded one. */
  async stores(): Promise<readonly wire.ListedStore[]> {
    const { data } = (await this.#http.send('GET', ['stores'])) as {
      data: readonly wire.ListedStore[]
    }
    return data
  }

  async checkStore(store: string): Promise<wire.CheckedStore> {
    return (await this.#http.send('POST', ['stores', store, 'check'])) as wire.CheckedStore
  }

  async changeStore(store: string, { config, credential }: wire.ChangeStore): Promise<wire.Store> {
    const given = credential == null ? credential : jsonIn(credential)
    const body = { config, credential: given }
    return (await this.#http.send('PUT', ['stores', store], { body })) as wire.Store
  }

  async deleteStore(store: string): Promise<wire.Made> {
    return (await this.#http.send('DELETE', ['stores', store])) as wire.Made
  }

  /** `embedded` is one. */
  async setDefaultStore(store: string): Promise<{ readonly store: string }> {
    const body = { store }
    return (await this.#http.send('PUT', ['default-store'], { body })) as { store: string }
  }

  async planSync(store: string): Promise<wire.StorePlan> {
    return (await this.#http.send('GET', ['stores', store, 'plan'])) as wire.StorePlan
  }

  async storeDrift(store: string): Promise<wire.StoreDrift> {
    return (await this.#http.send('GET', ['stores', store, 'drift'])) as wire.StoreDrift
  }

  /** Has what the plan calls orphans taken away; refused when that is not what is there any more. */
  async syncStore(store: string, plan: string): Promise<wire.StorePlan> {
    const path = ['stores', store, 'sync']
    return (await this.#http.send('POST', path, { body: { plan } })) as wire.StorePlan
  }

  /** What of the store, under a beginning of names, could be secrets of a group. Reads no value. */
  async planImport(store: string, group: string, prefix: string): Promise<wire.ImportPlan> {
    const query = { group, prefix }
    return (await this.#http.send('GET', ['stores', store, 'import'], { query })) as wire.ImportPlan
  }

  /** Makes one thing that the store holds a secret of the group; it stays there as it is. */
  async importSecret(store: string, body: wire.ImportSecret): Promise<wire.Secret> {
    return (await this.#http.send('POST', ['stores', store, 'import'], { body })) as wire.Secret
  }

  /** What is made in the group from now on is kept in this store. */
  async moveGroup(group: string, store: string): Promise<wire.Group> {
    const path = ['groups', group, 'store']
    return (await this.#http.send('PUT', path, { body: { store } })) as wire.Group
  }

  async moveSecret(id: string, store: string): Promise<wire.Secret> {
    const path = ['secrets', id, 'move']
    return (await this.#http.send('POST', path, { body: { store } })) as wire.Secret
  }

  /** The slug of the caller, or of the team with this id. */
  async setSlug(slug: string, team?: string): Promise<{ readonly slug: string }> {
    const path = team === undefined ? ['slug'] : ['teams', team, 'slug']
    return (await this.#http.send('PUT', path, { body: { slug } })) as { slug: string }
  }

  /** Gives who waits under this code a token of the caller's. */
  async approveLogin(code: string): Promise<wire.Made> {
    return (await this.#http.send('POST', ['login-challenges', code, 'approve'])) as wire.Made
  }

  /** The record of the account, newest first. */
  audit(query: { target?: string; limit: number }): AsyncGenerator<wire.Entry> {
    return pages(this.#http, ['audit'], query, 'before') as AsyncGenerator<wire.Entry>
  }

  async closeAudit(): Promise<wire.Checkpoint> {
    return (await this.#http.send('POST', ['audit', 'checkpoint'])) as wire.Checkpoint
  }

  /** An entry, with the proof that it is in the log; and that this only grew since `from` entries. */
  async proveEntry(seq: number, from?: number): Promise<wire.EntryProof> {
    const path = ['audit', String(seq), 'proof']
    return (await this.#http.send('GET', path, { query: { from } })) as wire.EntryProof
  }

  /** The proof that the log only grew since it had `from` entries. */
  async proveGrowth(from: number): Promise<wire.Proof> {
    const query = { from }
    return (await this.#http.send('GET', ['audit', 'growth'], { query })) as wire.Proof
  }

  async rotateRootKey(): Promise<wire.Rewrapped> {
    return (await this.#http.send('POST', ['keys', 'rotate'])) as wire.Rewrapped
  }

  async rewrapKeys(): Promise<wire.Rewrapped> {
    return (await this.#http.send('POST', ['keys', 'rewrap'])) as wire.Rewrapped
  }

  async #makeWithToken(path: readonly string[], body: object): Promise<wire.MadeWithToken> {
    const made = (await this.#http.send('POST', path, { body })) as { id: string; token: string }
    return { id: made.id, token: SecretValue.fromText(made.token) }
  }

  async #open(path: readonly string[], version?: number): Promise<wire.OpenedSecret> {
    return decodeOpened((await this.#http.send('GET', path, { query: { version } })) as WireOpened)
  }
}

const versionPath = (id: string, n: number, verb?: string): readonly string[] => [
  ...['secrets', id, 'versions', String(n)],
  ...(verb === undefined ? [] : [verb]),
]
