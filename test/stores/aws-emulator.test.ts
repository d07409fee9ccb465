import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SecretValue } from '#domain/secret-value.ts'
import { openAwsParameterStore } from '#stores/aws-parameter-store/store.ts'
import { openAwsSecretsManager } from '#stores/aws-secrets-manager/store.ts'
import { exerciseParameterStore, parameterStoreAt } from '#test/contract/aws-parameter-store.ts'
import { exerciseSecretsManager, secretsManagerAt } from '#test/contract/aws-secrets-manager.ts'
import { fault, soon } from '#test/contract/remote-store/trial.ts'
import { otherAwsAccount, type AwsAccount } from '#test/support/aws-account.ts'
import { EMULATOR_KEYS } from '#test/support/aws-emulator.ts'
import { whereMotoIsWrongOfParameters } from './aws-emulator/parameter-store.ts'
import { whereMotoIsWrongOfSecrets } from './aws-emulator/secrets-manager.ts'

const account = await otherAwsAccount()
/** Without cargo this cannot be shown; where it must be shown, that is a failure. */
const skip = 'why' in account && process.env['CI'] === undefined ? account.why : false

test('the AWS stores against a second emulator', { skip }, () => {
  assert.ok(!('why' in account), 'why' in account ? account.why : '')
})

const { lasting, expired, secret } = EMULATOR_KEYS

function keysAreChecked(label: string, { config }: AwsAccount): void {
  const keys = {
    wrong: [lasting, 'x'.repeat(40), 'SignatureDoesNotMatch'],
    unknown: ['AKIAIOSFODNN7EXAMPLE', secret, 'InvalidClientTokenId'],
    expired: [expired, secret, 'ExpiredToken'],
  } as const
  for (const [which, [id, key, code]] of Object.entries(keys)) {
    test(`${label}: a key that is ${which} is refused, and said so`, async (t) => {
      const said = JSON.stringify({ access_key_id: id, secret_access_key: key })
      for (const open of [openAwsSecretsManager, openAwsParameterStore]) {
        const store = await open(config, SecretValue.fromText(said))
        t.after(() => store.close())
        const { message } = await fault('refused', store.list(null, soon()))
        assert.ok(message.includes(code), message)
        assert.equal(message.includes(key), false)
      }
    })
  }
}

if (!('why' in account)) {
  exerciseSecretsManager('Secrets Manager, second emulator', secretsManagerAt(account))
  whereMotoIsWrongOfSecrets('Secrets Manager, second emulator', account)
  exerciseParameterStore('Parameter Store, second emulator', parameterStoreAt(account))
  whereMotoIsWrongOfParameters('Parameter Store, second emulator', account)
  keysAreChecked('AWS, second emulator', account)
}
