import { spawnSync } from 'node:child_process'
import { startServer } from '#test/support/server.ts'
const server = await startServer({})
const done = spawnSync('/tmp/tfya/venv/bin/python', ['-m','pytest','-q','-p','no:cacheprovider','--tb=short', ...process.argv.slice(2)], { stdio: 'inherit', cwd: '/work/main/test/conformance/truefoundry', env: { ...process.env, STRONGROOM_URL: server.url, STRONGROOM_TOKEN: server.token, STRONGROOM_ACCOUNT_ID: server.accountId, PYTHONDONTWRITEBYTECODE: '1' } })
await server.stop()
process.exit(done.status ?? 1)
