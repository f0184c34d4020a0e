import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { beginCommand, runCommand } from '../command.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-demo-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

const demo = (...args: readonly string[]): Parameters<typeof beginCommand> => [
  ['demo', '--data', join(folder, 'data'), '--days', '10', ...args],
  { ROLLCALL_PORT: '0' },
  folder,
]

it('sends the events of a company over the 1Kosmos API, prints three reports, and adds nothing when it runs again', async () => {
  const first = await runCommand(...demo('--exit'))
  expect([first.code, first.err]).toEqual([0, expect.stringMatching(/(\d{4,}) of \1 events acknowledged/)])
  const sent = Number(/(\d+) of \1 events acknowledged/.exec(first.err)?.[1])
  for (const shown of ['Application usage', 'Service usage', 'Audit log', 'E_']) expect(first.out).toContain(shown)
  // Which applications were used last depends on the hour.
  expect(first.out).toMatch(/│ (Microsoft 365|Slack|Jira|GitHub|Salesforce|ServiceNow|VPN) /)

  const second = beginCommand(...demo())
  while (!second.said.out.includes('npx rollcall')) {
    expect([second.child.exitCode, second.said.err]).toEqual([null, expect.any(String)])
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const url = /address +(\S+)/.exec(second.said.err)?.[1] ?? ''
  const key = (await readFile(join(folder, 'data', 'admin.key'), 'utf8')).trim()
  const totalOf = async (dialect: string): Promise<number> => {
    const answer = await fetch(`${url}/v1/realms/acme/default/reports/event-search`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        filter: { dialect },
        page: { size: 1 },
        from: new Date(Date.now() - 31 * 86_400_000).toISOString(),
      }),
    })
    return ((await answer.json()) as { total: number }).total
  }
  const total = await totalOf('onekosmos')
  const again = Number(/(\d+) of \1 events acknowledged/.exec(second.said.err)?.[1])
  // The second run's month ends later by what the first one took: a few events may be new, none is doubled.
  expect(total).toBeGreaterThanOrEqual(again)
  expect(total).toBeLessThanOrEqual(sent + 50)
  // Each object of the directory is told as an event once, when it is made.
  expect(await totalOf('native')).toBe(77)
  second.child.kill('SIGTERM')
  const [end] = (await once(second.child, 'exit')) as [number | null]
  expect(end).toBe(0)
})
