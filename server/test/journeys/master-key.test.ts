import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, it } from 'vitest'
import { compose } from '../../src/compose.ts'
import { loadSettings } from '../../src/config/load.ts'

it('refuses to start with another master key than the one that sealed the service keys, and says what to do', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-master-'))
  const start = () =>
    compose(loadSettings({ ROLLCALL_DATA: folder, ROLLCALL_PORT: '0' }), { log: pino({ level: 'silent' }) })
  try {
    const first = await start()
    const answered = await fetch(`${first.url}/events/publickeys`)
    expect(answered.status).toBe(200)
    await answered.text()
    await first.close()
    await writeFile(join(folder, 'master.key'), 'another-master-key-0123456789\n')
    await expect(start()).rejects.toThrow(/Restore master\.key/)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
