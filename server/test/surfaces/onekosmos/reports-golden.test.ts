import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { World } from '../../world.ts'
import { connect, send } from './client.ts'
import { type Setting, settle, startReports } from './reports-setting.ts'

const queries = [
  'events',
  'transactions',
  'application_usage_report',
  'audit_log',
  'login_activity_report',
  'v2/login_activity_report',
  'passwordless_login_activity_report',
  'service_onboarding_report',
  'service_usage_report',
]
const day = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString()

describe('the observed profile', () => {
  let world: World
  let setting: Setting
  beforeAll(async () => {
    world = await startReports('observed')
    setting = await settle(world)
  })
  afterAll(() => world[Symbol.asyncDispose]())

  it('answers nothing found byte for byte', async () => {
    const events = await setting.ask('events', { pSize: 10, pIndex: 1 })
    expect([events.status, events.text]).toEqual([200, '{"page":{"total":0,"pSize":10,"pIndex":1},"data":[]}'])
    expect(events.headers.get('content-type')).toBe('application/json; charset=utf-8')
    const usage = await setting.ask('application_usage_report', { serviceProvider: 'test', pSize: 10 })
    expect(usage.text).toBe('{"page":{"total":0,"pSize":10,"pIndex":0},"data":[]}')
    const audit = await setting.ask('audit_log')
    expect(audit.text).toBe('{"page":{"total":0,"pSize":25,"pIndex":0},"data":{"auditLogEvents":[]}}')
    const logins = await setting.ask('login_activity_report')
    expect(logins.text).toBe('{"page":{"total":0,"pSize":25,"pIndex":0},"data":{"activityEvents":[],"loginEvents":[]}}')
    const seen = await setting.ask('last_seen_report', { user_id: 'nobody' })
    expect([seen.status, seen.text]).toEqual([200, '{"data":[]}'])
  })
})

describe('the documented profile', () => {
  let world: World
  let setting: Setting
  beforeAll(async () => {
    world = await startReports('documented')
    setting = await settle(world)
  })
  afterAll(() => world[Symbol.asyncDispose]())

  it.each(queries)('answers %s with an empty page when nothing is found', async (name) => {
    const reply = await setting.ask(name, { eventName: 'E_NOBODY', pSize: 10, pIndex: 3 })
    expect([reply.status, reply.text]).toEqual([200, '{"page":{"total":0,"pSize":10,"pIndex":3},"data":[]}'])
  })

  it.each(queries)('refuses what is wrong with %s, all of it, each by its name', async (name) => {
    const body = { pSize: 0, pIndex: -1, from: day(-95), to: day(-96) }
    const reply = await setting.ask(name, body, { requestid: undefined })
    expect(reply.status).toBe(401)
    const { statusCode, error, message, errors } = reply.json as Record<string, unknown>
    expect([statusCode, error, message]).toEqual([401, 'Unauthorized', 'This header should not be empty'])
    expect((errors as { param: string }[]).map(({ param }) => param)).toEqual([
      'requestid',
      'pSize',
      'pIndex',
      'from',
      'to',
    ])
  })

  it('answers a bad request with the union of both forms', async () => {
    const reply = await setting.ask('events', { from: 'soon' })
    expect(reply.status).toBe(400)
    expect(reply.json).toMatchObject({ statusCode: 400, error: 'Bad Request', errors: [{ param: 'from' }] })
  })

  it('accepts an end in the far future and a begin 73 days ago', async () => {
    const reply = await setting.ask('events', { from: day(-73), to: '2999-01-01 00:00:00.000' })
    expect(reply.status).toBe(200)
  })

  it('refuses a download that lacks something by the names of what it lacks', async () => {
    for (const [name, body] of [
      ['audit_log', {}],
      ['last_seen_report', { user_id: 'u' }],
    ] as const) {
      const reply = await setting.ask(name, { ...body, download: { requestBy: 'a@example.com' } })
      expect([reply.status, (reply.json as { errors: unknown }).errors]).toEqual([
        400,
        [
          { message: 'This field should not be empty', param: 'download.notificationList' },
          { message: 'This field should not be empty', param: 'download.eventData' },
        ],
      ])
      for (const none of [false, null]) expect((await setting.ask(name, { ...body, download: none })).status).toBe(200)
    }
  })

  it('says 401 to an unknown licence, 403 to another community, and 404 only to a system licence', async () => {
    const { tenantId, communityId } = setting.realm
    const there = `/tenant/${tenantId}/community/${communityId}/events`
    const nowhere = `/tenant/${tenantId}/community/nowhere/events`
    const as = async (licence: string, path: string): Promise<number> =>
      (await (await connect({ service: `${world.url}/reports`, licence })).call('POST', path, {})).status
    expect(await as('no such licence', there)).toBe(401)
    const other = await world.licence(await world.realm(), 'community')
    expect([await as(other, there), await as(other, nowhere)]).toEqual([403, 403])
    const system = await world.licence(undefined, 'system')
    expect([await as(system, there), await as(system, nowhere)]).toEqual([200, 404])
  })

  it('has the routes of every service, under a key pair of its own', async () => {
    const health = await send('GET', `${world.url}/reports/healthz`)
    expect([health.status, (health.json as { code: string }).code]).toEqual([200, '200'])
    const own = await send('GET', `${world.url}/reports/publickeys`)
    const events = await send('GET', `${world.url}/events/publickeys`)
    expect(own.text).not.toBe(events.text)
    for (const path of ['sd', 'environment'])
      expect((await send('GET', `${world.url}/reports/${path}`)).status).toBe(200)
  })
})
