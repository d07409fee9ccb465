import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exerciseParameterStore, parameterStoreAt } from '#test/contract/aws-parameter-store.ts'
import { awsAccount } from '#test/support/aws-account.ts'
import { openAwsParameterStore } from './store.ts'

const account = await awsAccount()

exerciseParameterStore('Parameter Store', parameterStoreAt(account))

test('Parameter Store: a prefix that AWS keeps for itself is refused', async () => {
  for (const prefix of ['aws', 'SSM-x', 'Aws2']) {
    const opened = openAwsParameterStore({ ...account.config, prefix }, account.credential)
    await assert.rejects(opened, { kind: 'rejected', message: /config\.prefix/ })
  }
})
