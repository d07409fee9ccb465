import type { CheckedStore, ListedStore, Store, StoreDrift, StorePlan } from '#client/wire.ts'
import { REMOTE_STORE_KINDS } from '#domain/store.ts'
import { command } from './command.ts'
import { Failure, Misuse } from './failure.ts'
import {
  configFlags,
  configWith,
  CREDENTIAL_HELP,
  credentialFlags,
  readCredential,
  readKind,
} from './store-setup.ts'
import { clean, count, facts, table } from './text.ts'

const NAMED = 'A store is named by its name or its id.'

const whereOf = ({ config: { url, region, project } }: Store): string =>
  url ?? region ?? project ?? '-'

/** The embedded store comes with the server, and is in no list of what was set up. */
function storesTable(stores: readonly ListedStore[]): string {
  const fallback = stores.some((store) => store.default) ? '' : 'default'
  return table(
    ['STORE', 'KIND', 'WHERE', 'CREDENTIAL', 'DEFAULT', 'ID'],
    [
      ['embedded', 'embedded', '-', '-', fallback, 'embedded'],
      ...stores.map((store) => [
        ...[store.name, store.kind, whereOf(store), store.has_credential ? 'kept' : 'ambient'],
        ...[store.default ? 'default' : '', store.id],
      ]),
    ],
  )
}

const checkedText = ({ name, calls }: CheckedStore): string =>
  `${clean(name)} works\n` +
  table(
    ['OPERATION', 'CALLS', 'FAILURES'],
    calls.map((one) => [one.operation, String(one.calls), String(one.failures)]),
  )

function planText({ plan, ours, missing, orphans, foreign }: StorePlan): string {
  const rows = [
    ...missing.map(({ secret, path }) => ['missing', secret, path]),
    ...orphans.map(({ secret, path }) => ['orphan', secret, path]),
    ...foreign.map((path) => ['foreign', '-', path]),
  ]
  const told = { plan, ours, missing: missing.length, orphans: orphans.length }
  const head = facts({ ...told, foreign: foreign.length })
  return rows.length === 0 ? head : `${head}\n${table(['WHAT', 'SECRET', 'PATH'], rows)}`
}

const driftRows = ({ missing, orphans, versions }: StoreDrift) => [
  ...missing.map(({ secret, path }) => ['missing', secret, '-', path]),
  ...orphans.map(({ secret, path }) => ['orphan', secret, '-', path]),
  ...versions.flatMap(({ secret, path, lost, unknown }) => [
    ...lost.map((n) => ['lost', secret, String(n), path]),
    ...unknown.map((name) => ['unknown', secret, name, path]),
  ]),
]

const setUp = {
  'store add': command({
    summary: 'Set up a store of a vendor, after a probe was written, read and removed there',
    args: ['NAME'],
    flags: {
      kind: { takes: 'KIND', required: true, doc: `One of ${REMOTE_STORE_KINDS.join(', ')}.` },
      ...configFlags,
      ...credentialFlags,
    },
    extra: 'a credential is not taken from the command line, where others can see it',
    more: CREDENTIAL_HELP,
    async run({ vault, show, terminal }, { args: [name], flags }) {
      const kind = readKind(flags.kind)
      const client = vault()
      const credential = (await readCredential(terminal, flags)) ?? null
      const config = configWith({}, flags)
      const store = await client.createStore({ name, kind, config, credential })
      show(store, () => `${store.id}\n`)
    },
  }),
  'store change': command({
    summary: 'Set a store up otherwise, after a probe',
    args: ['STORE'],
    flags: {
      ...configFlags,
      ...credentialFlags,
      'no-credential': {
        doc: 'Forget its credential: the server uses what its surroundings give.',
      },
    },
    extra: 'a credential is not taken from the command line, where others can see it',
    more: `What is not named stays as it is; an empty text takes it out. A store that is to be elsewhere needs its credential anew. ${CREDENTIAL_HELP}`,
    async run({ vault, show, terminal }, { args: [word], flags }) {
      const { 'no-credential': none } = flags
      const client = vault()
      const given = await readCredential(terminal, flags)
      if (none && given !== undefined) throw new Misuse('--no-credential excludes a credential')
      const found = (await client.stores()).find(({ id, name }) => id === word || name === word)
      if (found === undefined) throw new Failure('no such store')
      const config = configWith(found.config, flags)
      const credential = none ? null : given
      const change = credential === undefined ? { config } : { config, credential }
      const store = await client.changeStore(found.id, change)
      show(store, () => `changed ${clean(store.name)}\n`)
    },
  }),
  'store remove': command({
    summary: 'Forget a store that nothing is in',
    args: ['STORE'],
    flags: {},
    more: `${NAMED} What is there and not ours stays as it is. Deleted secrets count until they are wiped.`,
    async run({ vault, show }, { args: [store] }) {
      const made = await vault().deleteStore(store)
      show(made, () => `removed ${clean(store)}\n`)
    },
  }),
  'store default': command({
    summary: 'Have new groups of the account kept in a store; `embedded` is one',
    args: ['STORE'],
    flags: {},
    more: NAMED,
    async run({ vault, show }, { args: [store] }) {
      const set = await vault().setDefaultStore(store)
      show(set, () => `new groups are kept in ${clean(store)}\n`)
    },
  }),
}

const looking = {
  'store list': command({
    summary: 'List the stores that groups can be kept in',
    args: [],
    flags: {},
    async run({ vault, show }) {
      const stores = await vault().stores()
      show(stores, () => storesTable(stores))
    },
  }),
  'store check': command({
    summary: 'Really write, read and remove a probe in a store, and count what it was asked',
    args: ['STORE'],
    flags: {},
    more: NAMED,
    async run({ vault, show }, { args: [word] }) {
      const checked = await vault().checkStore(word)
      show(checked, () => checkedText(checked))
    },
  }),
  'store plan': command({
    summary: 'Compare what is in a store with the record; changes nothing',
    args: ['STORE'],
    flags: {},
    more: `${NAMED} missing: on the record and not there; orphan: there, ours, and on no record; foreign: under our prefix and somebody else's, never touched.`,
    async run({ vault, show }, { args: [word] }) {
      const plan = await vault().planSync(word)
      show(plan, () => planText(plan))
    },
  }),
  'store drift': command({
    summary: 'Show only what a store and the record do not agree in; exits 1 when there is any',
    args: ['STORE'],
    flags: {},
    more: `${NAMED} For a clock to run. It looks at every version: lost is on the record and cannot be read there, unknown is there and on no record; missing and orphan are as in a plan.`,
    async run({ vault, show }, { args: [word] }) {
      const drift = await vault().storeDrift(word)
      const rows = driftRows(drift)
      show(drift, () =>
        rows.length === 0 ? '' : table(['WHAT', 'SECRET', 'VERSION', 'PATH'], rows),
      )
      return rows.length === 0 ? 0 : 1
    },
  }),
  'store sync': command({
    summary: 'Have what a plan calls orphans taken out of a store',
    args: ['STORE'],
    flags: {
      plan: { takes: 'PLAN', required: true, doc: 'The plan, as `store plan` names it.' },
    },
    more: `${NAMED} Refused when the store does not hold what the plan saw.`,
    async run({ vault, show }, { args: [word], flags: { plan } }) {
      const done = await vault().syncStore(word, plan)
      show(done, () => `${count(done.orphans.length, 'orphan')} will be taken out\n`)
    },
  }),
}

export const storeCommands = { ...setUp, ...looking }
