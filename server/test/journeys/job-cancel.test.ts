import { createClient } from '@clickhouse/client'
import { expect, test } from 'vitest'
import { startClickHouse } from '../clickhouse.ts'
import { settle } from '../surfaces/onekosmos/reports-setting.ts'
import { until } from '../until.ts'
import { startWorld } from '../world.ts'

const BLOCKS = 6
const BLOCK = 5_000

/** Events of 16 kB each, all but spaces: long to read out, and next to nothing for the engine to keep. */
const block = (tenantId: string, communityId: string, at: number): string => `
  INSERT INTO rollcall.events (tenant_id, community_id, seq, event_id, dialect, event_name, kind, event_ts, received_ts, raw)
  SELECT '${tenantId}', '${communityId}', number + 1, toString(number), 'onekosmos', 'E_LOGIN_ATTEMPT', 'event',
         now64(3) - INTERVAL 1 HOUR, now64(3), concat('{"type":"event"', repeat(' ', 16000), '}')
  FROM numbers(${at * BLOCK}, ${BLOCK})`

test('a cancelled download’s query leaves the engine, and its job has no file', async () => {
  await using engine = await startClickHouse()
  await using world = await startWorld(engine.settings)
  await using eye = createClient({ url: engine.settings.ROLLCALL_EVENTS_URL?.replace('clickhouse+', '') ?? '' })
  const setting = await settle(world)
  const { tenantId, communityId } = setting.realm
  for (let at = 0; at < BLOCKS; at++) await eye.command({ query: block(tenantId, communityId, at) })
  const running = async (): Promise<number> => {
    const query = "SELECT query_id FROM system.processes WHERE query_id LIKE 'event-search:export:%'"
    return (await (await eye.query({ query, format: 'JSONEachRow' })).json()).length
  }
  const download = {
    requestBy: 'ann@acme.example',
    notificationList: ['ann@acme.example'],
    eventData: { tenant_dns: 'acme.example', user_id: 'ann' },
    format: 'ndjson',
    all: true,
  }
  const { jobId } = (await setting.ask('events', { download })).json as { jobId: string }
  const job = async () => {
    const { body } = await world.call('GET', `/v1/realms/${tenantId}/${communityId}/jobs/${jobId}`)
    return body as { status: string; rows: number; downloadLink: string | null; deliveries: unknown[] }
  }
  await until(async () => (await running()) === 1)
  expect((await setting.ask('download/jobs')).json).toEqual({
    page: { total: 1, pSize: 10, pIndex: 0 },
    data: [
      {
        jobId,
        createdAt: expect.any(Number),
        completedAt: null,
        status: 'In Progress',
        requestedBy: 'ann@acme.example',
        sendNotificationTo: ['ann@acme.example'],
        size: null,
        downloadLink: '',
        rows: expect.any(Number),
      },
    ],
  })
  const path = `/tenant/${tenantId}/community/${communityId}/download/job/${jobId}`
  const cancelled = await setting.client.call('PATCH', path, {})
  expect([cancelled.status, cancelled.json]).toEqual([
    200,
    { createdAt: expect.any(Number), status: 'Cancelled', sendNotificationTo: ['ann@acme.example'] },
  ])
  await until(async () => (await running()) === 0)
  const after = await job()
  expect(after).toMatchObject({ status: 'cancelled', downloadLink: null, deliveries: [] })
  expect(after.rows).toBeLessThan(BLOCKS * BLOCK)
  expect((await setting.client.call('PATCH', path, {})).status).toBe(403)
})
