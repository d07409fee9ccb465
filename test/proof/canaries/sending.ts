/** A request with canaries in it. */
export interface Sending {
  /** Where the canaries are: the operation and the place. */
  readonly about: string
  readonly method: string
  readonly target: string
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  /** JSON, or bytes as they are. */
  readonly body?: unknown
  /** In the place of the admin's; `null` shows none. */
  readonly token?: string | null
  /** What must not be seen again, whatever becomes of the request. */
  readonly secrets: readonly string[]
  /** What became a name, or another thing to show, if the request was not refused. */
  readonly names?: readonly string[]
  /** Which of the secrets stand where a name does: the database may be asked for them. */
  readonly asked?: readonly string[]
  /** Whether values that were kept may be in the answer: handing them out is what the route is for. */
  readonly opens?: boolean
  /** The values that have to be in the answer, and no other. */
  readonly exactly?: readonly string[]
}

/** The routes whose purpose is to hand out a value or a token that is kept. No other may. */
export const OPENING: ReadonlySet<string> = new Set([
  ...['readSecret', 'readSecretByName', 'readGroup', 'readInjection'],
  'POST-V5-/v5/credentials/{credential_id}/secret',
  'POST-V5-/v5/credentials/name/{credential_name}/secret',
  ...['Secret.getSecret', 'Secret.list', 'VirtualAccount.getToken'],
  // The token of that name, made if it is not there.
  'PersonalAccessToken.getByName',
])
