import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../../until.ts'
import { startWorld, type World } from '../../world.ts'
import { newPair, seal, sharedKey, unseal } from './client.ts'
import { type Setting, settle } from './reports-setting.ts'

/** What the other service was sent, decrypted by its own means, and what it is to answer. */
interface Heard {
  readonly path: string
  readonly licence: string
  readonly request: { readonly appid: string; readonly uuid: string; readonly ts: number }
  readonly body: { readonly query: Record<string, unknown>; readonly skip: number; readonly size: number }
}

const pair = newPair()
const heard: Heard[] = []
/** Statuses of the next answers; 200 when none is left. */
const troubles: number[] = []
const rows = Array.from({ length: 7 }, (_, at) => ({
  serial: `R-${at}`,
  type: at % 2 ? 'OATH' : '=cmd',
  status: 'active',
  user_id: at === 3 ? null : `user${at}`,
  registered_at: '2026-01-01T00:00:00Z',
  changed_at: Date.UTC(2026, 1, at + 1),
  token_id: `t${at}`,
  secret: 'not ours to show',
}))

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  let text = ''
  for await (const chunk of request) text += chunk
  return text
}

const service = createServer(async (request, response) => {
  if (request.url === '/console/publickeys') {
    response.end(JSON.stringify({ publicKey: pair.publicKey }))
    return
  }
  const text = await bodyOf(request)
  const trouble = troubles.shift()
  if (trouble !== undefined) {
    response.writeHead(trouble).end('{"message":"no"}')
    return
  }
  const shared = sharedKey(pair, String(request.headers.publickey))
  const body = JSON.parse(unseal(shared, (JSON.parse(text) as { data: string }).data)) as Heard['body']
  heard.push({
    path: request.url ?? '',
    licence: unseal(shared, String(request.headers.licensekey)),
    request: JSON.parse(unseal(shared, String(request.headers.requestid))) as Heard['request'],
    body,
  })
  const answer = { rows: rows.slice(body.skip, body.skip + body.size), total: rows.length }
  response.end(JSON.stringify({ data: seal(shared, JSON.stringify(answer)) }))
})

let world: World
let realm: { tenantId: string; communityId: string }
let setting: Setting
beforeAll(async () => {
  service.listen(0, '127.0.0.1')
  await once(service, 'listening')
  const { port } = service.address() as { port: number }
  world = await startWorld({
    ROLLCALL_ONEKOSMOS_SOURCES: JSON.stringify({
      adminconsole: `http://127.0.0.1:${port}/console/`,
      idproofing: 'http://127.0.0.1:1/nobody',
    }),
    ROLLCALL_ONEKOSMOS_SOURCE_LICENCE: 'licence-of-rollcall',
  })
  setting = await settle(world)
  realm = setting.realm
})
afterAll(async () => {
  await world[Symbol.asyncDispose]()
  service.close()
  service.closeAllConnections()
})

const run = (report: string, body: object = {}) =>
  world.call('POST', `/v1/realms/${realm.tenantId}/${realm.communityId}/reports/${report}`, body)

test('a report whose rows another service has is read from there, under its encryption', async () => {
  const page = { skip: 2, size: 2 }
  const answered = await run('hardware-tokens', { params: { search: 'R-' }, page })
  expect(answered).toMatchObject({
    status: 200,
    body: {
      total: 7,
      rows: [
        {
          serial: 'R-2',
          type: '=cmd',
          status: 'active',
          user_id: 'user2',
          name: '',
          registered_at: Date.UTC(2026, 0, 1),
          changed_at: Date.UTC(2026, 1, 3),
          token_id: 't2',
        },
        { serial: 'R-3', user_id: '', token_id: 't3' },
      ],
    },
  })
  expect(JSON.stringify(answered.body)).not.toContain('not ours')
  const { path, licence, request, body } = heard.at(-1) as Heard
  expect(path).toBe(`/console/tenant/${realm.tenantId}/community/${realm.communityId}/hardware_tokens`)
  expect(licence).toBe('licence-of-rollcall')
  expect(request).toEqual({ appid: 'rollcall', uuid: expect.stringMatching(/^[0-9a-f-]{36}$/), ts: expect.any(Number) })
  expect(Math.abs(request.ts - Date.now() / 1_000)).toBeLessThan(60)
  expect(body).toEqual({ query: { search: 'R-' }, ...page })
})

test('it is asked again when it stumbles, and not when it refuses', async () => {
  troubles.push(503, 500)
  expect((await run('hardware-token-users')).status).toBe(200)
  const before = heard.length
  troubles.push(403)
  const refused = await run('hardware-token-users')
  expect([refused.status, (refused.body as { detail: string }).detail]).toEqual([
    409,
    'The service adminconsole, which has these rows, refused with 403',
  ])
  expect(heard).toHaveLength(before)
})

test('one that does not answer is named, and what is kept here goes on', async () => {
  const away = await run('verification-sessions')
  expect([away.status, (away.body as { detail: string }).detail]).toEqual([
    503,
    'The service idproofing, which has these rows, could not be reached',
  ])
  expect((await run('directory-objects')).status).toBe(200)
})

test('a download is read from there too, and fails with a reason when the service refuses', async () => {
  const download = {
    requestBy: 'ann@acme.example',
    notificationList: ['ann@acme.example'],
    eventData: { tenant_dns: 'acme.example', user_id: 'ann' },
  }
  const jobOf = async (): Promise<Record<string, string>> => {
    const made = await setting.ask('hardwaretokens_export', { reports_type: 'hardware_tokens', download })
    expect(made.status).toBe(201)
    let job: Record<string, string> | undefined
    await until(async () => {
      const jobs = (await setting.ask('download/jobs')).json as { data: Record<string, string>[] }
      job = jobs.data.find(({ jobId }) => jobId === (made.json as { jobId: string }).jobId)
      return job?.completedAt != null
    })
    return job ?? {}
  }
  const done = await jobOf()
  expect(done).toMatchObject({ status: 'Completed', rows: 7 })
  const text = Buffer.from(await (await fetch(done.downloadLink ?? '')).arrayBuffer()).toString()
  expect(text.split('\r\n').slice(0, 2)).toEqual([
    '\uFEFF"serial","type","status","user_id","name","registered_at","changed_at","token_id"',
    `"R-0","'=cmd","active","user0","","2026-01-01 00:00:00.000","2026-02-01 00:00:00.000","t0"`,
  ])
  troubles.push(403)
  expect(await jobOf()).toMatchObject({
    status: 'Failed',
    reason: 'The service adminconsole, which has these rows, refused with 403',
  })
})
