import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { freePort } from '../free-port.ts'
import { metric, native } from '../journeys/native.ts'
import { until } from '../until.ts'
import { serverProcess } from './process.ts'

const HOUR = 3_600_000
const noon = (day: number): number => (20_400 + day) * 24 * HOUR + 12 * HOUR
const path = '/realms/t/c'

it('counts a realm anew exactly once, though the server is killed between the counting and its note, and after it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-recount-'))
  const server = serverProcess(folder, await freePort())
  const call = native(server.url)
  const ask = async (report: string) => {
    const reply = await call('POST', `${path}/reports/${report}`, {
      from: noon(-3),
      to: noon(70),
      page: { size: 100 },
    })
    const { rows } = reply.json as { rows: readonly Record<string, number>[] }
    return { incomplete: reply.headers.get('rollcall-incomplete') === 'true', rows }
  }
  /** Kills the server and starts it again, which takes up the job that the former one held. */
  const killed = async (): Promise<void> => {
    await server.kill()
    await server.start()
  }
  try {
    await server.start()
    await call('POST', '/realms', { tenant: { id: 't', name: 'T' }, community: { id: 'c', name: 'C' } })
    // Late in the day, so that all of it belongs to the next one there: three users on each of thirty days.
    const events = Array.from({ length: 90 }, (_, n) => ({
      event_name: 'login',
      outcome: 'success',
      user_id: `u${Math.floor(n / 30)}`,
      auth_method: 'push',
      timestamp: noon((n % 30) * 2) + 11 * HOUR + n,
    }))
    expect((await call('POST', `${path}/events`, events)).json).toMatchObject({ accepted: 90 })
    await until(async () => (await metric(server.url, 'rollcall_inbox_events')) === 0)
    const between = server.between()
    expect((await call('PATCH', path, { timezone: 'Pacific/Kiritimati' })).status).toBe(200)
    await between
    await killed()
    await until(async () => !(await ask('daily-active-users')).incomplete)
    await killed()
    expect((await ask('daily-active-users')).rows).toEqual(
      Array.from({ length: 30 }, (_, n) => ({ interval: 20_401 + n * 2, users: 3 })),
    )
    expect((await ask('login-count')).rows).toEqual([{ logins: 90 }])
  } finally {
    await server.kill()
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }
}, 120_000)
