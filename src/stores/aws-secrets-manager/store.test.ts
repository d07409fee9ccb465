import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exerciseSecretsManager, secretsManagerAt } from '#test/contract/aws-secrets-manager.ts'
import { awsAccount } from '#test/support/aws-account.ts'
import { droppedIn, droppedWords } from './dropped.ts'

exerciseSecretsManager('Secrets Manager', secretsManagerAt(await awsAccount()))

test('Secrets Manager: which versions are dropped stands in tags', () => {
  const versions = Array.from({ length: 9 }, () => crypto.randomUUID())
  const words = { ...droppedWords(versions), other: 'x', 'strongroom-secret': 'y' }
  assert.deepEqual([...droppedIn(words)], versions)
  for (const [key, word] of Object.entries(droppedWords(['x'.repeat(64), ...versions]))) {
    assert.ok(key.length <= 128 && word.length <= 256)
  }
  assert.deepEqual(droppedWords([]), {})
})
