import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { adminKey, infraKey, startWorld } from '../world.ts'

const run = promisify(execFile)
const script = join(import.meta.dirname, '../../../docs/examples/walkthrough.mjs')
const workerKey = 'test-worker-key-0123456789'

test('the walk through 1Kosmos Reports calls every endpoint, and each of them answers', async () => {
  await using world = await startWorld({ ROLLCALL_WORKER_KEY: workerKey })
  const env = { PATH: process.env.PATH, ADMIN: adminKey, INFRA: infraKey, WORKER: workerKey }
  const { stdout } = await run(process.execPath, [script, world.url], { env })
  const lines = stdout.trimEnd().split('\n')
  const calls = lines.slice(0, 27).map((line) => /^ ?\d+ (\S+ \S+) (\d+) /.exec(line)?.slice(1))
  expect(new Set(calls.map((call) => call?.[0])).size).toBe(27)
  expect(calls.filter((call) => !call?.[1]?.startsWith('2'))).toEqual([])
  expect(lines.slice(27)).toEqual([expect.stringMatching(/^The file of \S+: 200, \d+ bytes$/), '27 endpoints'])
})
