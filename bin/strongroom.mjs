#!/usr/bin/env node
import { join } from 'node:path'
import { root } from '../scripts/runtime.mjs'
import { run } from '../scripts/run.mjs'

const [command, ...rest] = process.argv.slice(2)
if (command === 'serve') run([join(root, 'src/server/main.ts'), ...rest])
else run([join(root, 'src/cli/main.ts'), ...process.argv.slice(2)])
