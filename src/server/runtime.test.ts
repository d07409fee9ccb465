import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BadSetting } from './config.ts'
import { checkRuntime } from './runtime.ts'

test('a runtime that writes down what it is sent is not started with', () => {
  for (const said of ['*', 'stream', 'http,net', 'none-such']) {
    assert.throws(() => checkRuntime({ NODE_DEBUG: said }), BadSetting)
  }
  for (const env of [{}, { NODE_DEBUG: '' }, { DEBUG: '*' }]) checkRuntime(env)
})
