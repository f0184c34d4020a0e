import { afterAll, beforeAll, expect, it } from 'vitest'
import { until } from '../../until.ts'
import type { World } from '../../world.ts'
import { download, ended, fileOf, jobIdOf, loginAttempts } from './downloads-setting.ts'
import { type Setting, settle, startReports } from './reports-setting.ts'

let world: World
let setting: Setting
beforeAll(async () => {
  world = await startReports('documented')
  setting = await settle(world)
  await setting.send(loginAttempts())
})
afterAll(() => world[Symbol.asyncDispose]())

it('writes events as they were sent: a leading list of columns, then every other name of theirs', async () => {
  const reply = await setting.ask('events', { download, pIndex: 1, pSize: 100_000 })
  const text = await fileOf(setting, reply)
  const [heads, ...lines] = text.split('\r\n')
  expect(heads).toBe(
    '\uFEFF"timestamp","event_ts","eventName","user_id","event_id","type","event_name","epoch_time","tenant_id","community_id","n","o","sp_name"',
  )
  expect(lines.map((line) => line.split(',').slice(4, 5).concat(line.split(',').slice(10)).join())).toEqual([
    '"e2",-1.5,"{""a"":""\\""""}","wiki"',
    '"e3",,,"chat"',
    '',
  ])
})

it('writes the other formats, each event byte for byte in lines of JSON', async () => {
  const asked = await setting.ask('events', { download: { ...download, format: 'ndjson', all: true } })
  const answered = await setting.ask('events')
  const listed = (answered.json as { data: unknown[] }).data
  const text = await fileOf(setting, asked)
  expect(answered.text).toContain(`"data":[${text.trimEnd().split('\n').join(',')}]`)
  expect(listed).toHaveLength(3)
  const parquet = await setting.ask('service_usage_report', { download: { ...download, format: 'parquet' } })
  expect((await fileOf(setting, parquet)).slice(0, 4)).toBe('PAR1')
  const sheet = await setting.ask('service_usage_report', { download: { ...download, format: 'xlsx' } })
  expect((await fileOf(setting, sheet)).slice(0, 4)).toBe('PK\u0003\u0004')
  const path = `/v1/realms/${setting.realm.tenantId}/${setting.realm.communityId}`
  for (const [format, begin, media] of [
    ['pdf', '%PDF-', 'application/pdf'],
    ['html', '<!doctype html>', 'text/html; charset=utf-8'],
  ] as const) {
    const { body } = await world.call('POST', `${path}/exports`, { report: 'application-usage', format })
    const job = async () =>
      (await world.call('GET', `${path}/jobs/${(body as { id: string }).id}`)).body as {
        status: string
        rows: number
        downloadLink: string
      }
    await until(async () => (await job()).status === 'completed')
    const { downloadLink, rows } = await job()
    const file = await fetch(downloadLink)
    expect([rows, file.headers.get('content-type')]).toEqual([3, media])
    expect((await file.text()).slice(0, begin.length)).toBe(begin)
  }
})

it('makes a file of a metric under the names of its answer, and refuses one as it refuses all else', async () => {
  const days = await setting.ask('metrics', { metricsName: 'M_GT_SUCCESSFUL_AUTHENTICATIONS', download })
  expect(await fileOf(setting, days)).toBe('\uFEFF"time","name","count"\r\n')
  const figure = await setting.ask('metrics', { metricsName: 'M_C_LOGINS', download })
  expect(await fileOf(setting, figure)).toBe('\uFEFF"count"\r\n0\r\n')
  expect(await ended(setting, jobIdOf(figure))).toMatchObject({ rows: 1, total: 1, more: false })
  const refused = await setting.ask('metrics', { download })
  expect([refused.status, refused.text]).toEqual([
    400,
    '{"statusCode":400,"error":"Bad Request","message":"This field should not be empty","errors":[{"message":"This field should not be empty","param":"metricsName"}]}',
  ])
})

it('takes a download on every query', async () => {
  for (const name of [
    'transactions',
    'audit_log',
    'login_activity_report',
    'v2/login_activity_report',
    'passwordless_login_activity_report',
    'service_onboarding_report',
    'service_usage_report',
  ]) {
    const reply = await setting.ask(name, { download })
    expect([name, reply.status, (await ended(setting, jobIdOf(reply))).status]).toEqual([name, 200, 'Completed'])
  }
  const seen = await setting.ask('last_seen_report', { user_id: 'ann', download })
  expect((await ended(setting, jobIdOf(seen))).rows).toBe(1)
})
