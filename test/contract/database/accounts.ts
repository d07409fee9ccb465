import assert from 'node:assert/strict'
import type { AccountId } from '#domain/ids.ts'
import type { Installation, WrappedAccountKey, Write } from '#ports/database.ts'
import { COMMITTED, ROW_MOVED, same, taken, type Ground, type OnGround } from './ground.ts'
import { ALL_BYTES, anAccount, newId, now } from './rows.ts'

const installationOf = (operator: AccountId): Installation => ({
  ...{ id: newId(), createdAt: now(), operator, rootKey: 'root-1' },
  serverKey: ALL_BYTES,
  signingKey: ALL_BYTES.toReversed(),
  publicKey: ALL_BYTES.slice(0, 32),
})

const keyOf = ({ account }: Ground, generation: number, rootKey: string): WrappedAccountKey => ({
  ...{ account: account.id, generation, rootKey, createdAt: now() },
  wrapped: ALL_BYTES,
})

function exerciseInstallation(on: OnGround): void {
  on('there is one installation, and it is what was written', async (ground) => {
    const { reads } = ground.database
    assert.equal(await reads.installation(), null)
    const row = installationOf(ground.account.id)
    await ground.must({ write: 'installation', row })
    same(await reads.installation(), row)
    const second = installationOf(ground.account.id)
    assert.equal((await ground.try({ write: 'installation', row: second })).kind, 'taken')
    same(await reads.installation(), row)
  })

  on('the installation is wrapped anew only from the root key that it is under', async (ground) => {
    const { reads } = ground.database
    const row = installationOf(ground.account.id)
    await ground.must({ write: 'installation', row })
    const to = { rootKey: 'root-2', serverKey: Buffer.from('s'), signingKey: Buffer.from('k') }
    await ground.refused(ROW_MOVED, { write: 'rewrapped-installation', from: 'root-0', to })
    same(await reads.installation(), row)
    await ground.must({ write: 'rewrapped-installation', from: 'root-1', to })
    same(await reads.installation(), { ...row, ...to })
  })

  on('what rests on a root key is done under that one only', async (ground) => {
    const { reads } = ground.database
    const resting = (n: number, rootKey: string): Write[] => [
      { write: 'rests-on-root-key', rootKey },
      { write: 'account-key', row: keyOf(ground, n, rootKey) },
    ]
    await ground.refused(ROW_MOVED, ...resting(1, 'root-1'))
    const row = installationOf(ground.account.id)
    await ground.must({ write: 'installation', row })
    await ground.must(...resting(1, 'root-1'))
    same(await reads.installation(), row)
    const to = { rootKey: 'root-2', serverKey: Buffer.from('s'), signingKey: Buffer.from('k') }
    const rotate: Write = { write: 'rewrapped-installation', from: 'root-1', to }
    const keys = Array.from({ length: 20 }, (_, n) => ground.try(...resting(n + 2, 'root-1')))
    const [rotated, ...done] = await Promise.all([ground.try(rotate), ...keys])
    assert.deepEqual(rotated, COMMITTED)
    // Whatever was done is there for the rotation to find; nothing more comes after it.
    const made = done.filter(({ kind }) => kind === 'committed').length
    assert.equal((await reads.accountKeysNotUnder('root-2', 100)).length, 1 + made)
    assert.equal(done.filter(({ kind }) => kind === 'row_moved').length, 20 - made)
    await ground.refused(ROW_MOVED, ...resting(99, 'root-1'))
    await ground.must(...resting(99, 'root-2'))
  })
}

function exerciseAccountKeys(on: OnGround): void {
  on('an account has keys by generation, the newest first', async (ground) => {
    const { reads } = ground.database
    const { id } = ground.account
    assert.equal(await reads.accountKey(id, null), null)
    const keys = [1, 2, 10].map((generation) => keyOf(ground, generation, 'root-1'))
    for (const row of keys) await ground.must({ write: 'account-key', row })
    same(await reads.accountKey(id, null), keys[2])
    for (const row of keys) same(await reads.accountKey(id, row.generation), row)
    assert.equal(await reads.accountKey(id, 3), null)
    assert.equal(await reads.accountKey(newId(), 1), null)
    const again = keyOf(ground, 2, 'root-9')
    assert.equal((await ground.try({ write: 'account-key', row: again })).kind, 'taken')
    same(await reads.accountKey(id, 2), keys[1])
  })

  on('an account key is wrapped anew only from the root key that it is under', async (ground) => {
    const { reads } = ground.database
    const keys = ['a', 'm', 'm', 'z'].map((rootKey, n) => keyOf(ground, n + 1, rootKey))
    for (const row of keys) await ground.must({ write: 'account-key', row })
    const left = async (rootKey: string, limit = 10) =>
      (await reads.accountKeysNotUnder(rootKey, limit)).map(({ generation }) => generation)
    assert.deepEqual((await left('m')).sort(), [1, 4])
    assert.deepEqual((await left('0')).sort(), [1, 2, 3, 4])
    assert.equal((await left('m', 1)).length, 1)
    const row = { ...keyOf(ground, 1, 'm'), wrapped: Buffer.from('anew') }
    await ground.refused(ROW_MOVED, { write: 'rewrapped-account-key', from: 'b', row })
    await ground.must({ write: 'rewrapped-account-key', from: 'a', row })
    same(await reads.accountKey(row.account, 1), { ...row, createdAt: keys[0]?.createdAt })
    assert.deepEqual(await left('m'), [4])
    // What is wrapped anew twice at once is wrapped once.
    await ground.refused(ROW_MOVED, { write: 'rewrapped-account-key', from: 'a', row })
  })
}

export function exerciseAccounts(on: OnGround): void {
  on('accounts are found by id and listed in the order of their ids', async (ground) => {
    const { reads } = ground.database
    same(await reads.account(ground.account.id), ground.account)
    assert.equal(await reads.account(newId()), null)
    const others = [anAccount(), anAccount(), anAccount()]
    for (const row of others) await ground.must({ write: 'account', row })
    const all = [ground.account, ...others]
    same(await reads.accounts({ after: '', limit: 10 }), all)
    same(await reads.accounts({ after: all[0]?.id ?? '', limit: 2 }), all.slice(1, 3))
    same(await reads.accounts({ after: all[3]?.id ?? '', limit: 2 }), [])
  })

  on('two accounts cannot have one name', async (ground) => {
    const row = anAccount({ name: ground.account.name })
    await ground.refused(taken('account'), { write: 'account', row })
    assert.equal(await ground.database.reads.account(row.id), null)
    const other = anAccount({ name: ground.account.name.toUpperCase() })
    await ground.must({ write: 'account', row: other })
  })

  on('raising the authority of an account raises no other’s', async (ground) => {
    const { reads } = ground.database
    const other = anAccount()
    await ground.must({ write: 'account', row: other })
    await ground.must({ write: 'raise-authority', account: ground.account.id })
    assert.equal((await reads.account(ground.account.id))?.authority, 2)
    assert.equal((await reads.account(other.id))?.authority, 1)
    await ground.refused(ROW_MOVED, { write: 'raise-authority', account: newId() })
    const many = Array.from({ length: 20 }, () =>
      ground.try({ write: 'raise-authority', account: other.id }),
    )
    for (const done of await Promise.all(many)) assert.deepEqual(done, COMMITTED)
    assert.equal((await reads.account(other.id))?.authority, 21)
  })

  exerciseInstallation(on)
  exerciseAccountKeys(on)
}
