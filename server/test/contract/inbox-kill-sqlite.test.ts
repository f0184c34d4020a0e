import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { demandWhole, liveAndDie, makeHeard } from './inbox-kill.ts'

test('an inbox on SQLite whose process is killed ten times under load loses nothing and doubles nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-kill-'))
  const url = `sqlite:${folder}`
  const heard = makeHeard()
  for (let kill = 0; kill < 10; kill++) {
    await liveAndDie(url, heard)
    await demandWhole(url, heard)
  }
  expect(heard.acknowledged.size).toBeGreaterThan(100)
  expect(heard.moved.size).toBeGreaterThan(100)
  await rm(folder, { recursive: true })
}, 180_000)
