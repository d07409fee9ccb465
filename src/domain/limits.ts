/** A value: a PEM bundle with its chain is under 16 KiB; GCP Secret Manager takes 64 KiB. */
export const VALUE_BYTES_MAX = 65_536

/** A name: longer than any store or dialect allows, short enough for an index of PostgreSQL. */
export const NAME_CHARACTERS_MAX = 500

/** A description is prose for people, not a place for documents. */
export const DESCRIPTION_CHARACTERS_MAX = 4_096

/** Each member of a store's configuration: the longest are addresses and names of keys. */
export const STORE_CONFIG_CHARACTERS_MAX = 2_048

/** The name of something in a store beside ours: the longest are those of Vault. */
export const STORE_PATH_CHARACTERS_MAX = 2_048

/** The credential of a store, as JSON text: a service account of GCP is under 3 KiB. */
export const STORE_CREDENTIAL_BYTES_MAX = 65_536

/** Free metadata, as JSON text. */
export const METADATA_BYTES_MAX = 65_536

/** Nesting of any JSON we take in; deeper has no use and costs stack wherever it is walked. */
export const JSON_DEPTH_MAX = 64

/** Members and elements of any JSON we take in: twenty times the most that a request has use for. */
export const JSON_ITEMS_MAX = 20_000

/** A request body: the largest value, base64 and JSON-escaped six-fold, with metadata beside it. */
export const BODY_BYTES_MAX = 1_048_576

/** An opaque token is 80 characters, a JWT of ours under 1,000; much longer ones are not looked at. */
export const TOKEN_CHARACTERS_MAX = 2_048

/** Secrets of one group that a single batch read may open. */
export const BATCH_SECRETS_MAX = 1_000

/** A variable's value is plain configuration, not a document. */
export const VARIABLE_CHARACTERS_MAX = 32_768

export const TOKEN_TTL_DEFAULT_MS = 90 * 24 * 3_600_000
export const TOKEN_TTL_MAX_MS = 366 * 24 * 3_600_000
