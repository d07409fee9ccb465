import { run } from './run.mjs'

run(process.argv.slice(2), { forTests: true })
