import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWorld, type World } from '../../world.ts'
import { type Answered, curl } from './curl.ts'

let world: World
let key: string
let realm: { readonly tenantId: string; readonly communityId: string }

const asked = '1224979098644774913'
const other = '5620492334958379010'

const session = (id: string, user: string, protocol: string, subprotocol: string, at: string, end?: string) => [
  {
    event_name: 'session.started',
    timestamp: at,
    session_id: id,
    user_id: user,
    protocol,
    subprotocol,
    server_id: 'db-1',
    account_id: 'root',
    safe_id: 'linux',
    listener_id: 'bastion',
    retention_locked: true,
  },
  { event_name: 'session.approved', timestamp: at, session_id: id, actor_id: 'boss' },
  ...(end ? [{ event_name: 'session.finished', timestamp: end, session_id: id }] : []),
]

beforeAll(async () => {
  world = await startWorld({}, { now: () => Date.parse('2026-01-20T12:00:00.120Z') })
  realm = await world.realm()
  const path = `/v1/realms/${realm.tenantId}/${realm.communityId}`
  await world.call('PATCH', path, { timezone: 'America/Los_Angeles' })
  const sent = await world.call('POST', `${path}/events`, [
    ...session('one', asked, 'rdp', 'rdp', '2026-01-05T10:00:00Z', '2026-01-05T11:00:00Z'),
    ...session('two', asked, 'rdp', 'RDP', '2026-01-06T10:00:00Z', '2026-01-06T10:30:00Z'),
    ...session('live', asked, 'rdp', 'rdp', '2026-01-07T10:00:00Z'),
    ...session('late', asked, 'rdp', 'rdp', '2026-01-15T10:00:00Z', '2026-01-15T11:00:00Z'),
    ...session('shell', other, 'ssh', '', '2026-01-08T10:00:00Z', '2026-01-08T10:10:00Z'),
    ...session('old', other, 'SSH', '', '2025-11-08T10:00:00Z', '2025-11-08T10:10:00Z'),
  ])
  expect(sent.status).toBe(200)
  const server = { name: 'db-1.example', display: 'Orders', attributes: { address: '192.0.2.7' } }
  expect((await world.call('PUT', `${path}/directory/server/db-1`, server)).status).toBe(201)
  const made = await world.call('POST', '/v1/keys', {
    kind: 'api',
    name: 'auditor',
    realm,
    user: 'auditor',
    roles: ['operator'],
  })
  key = (made.body as { secret: string }).secret
})
afterAll(async () => {
  await world[Symbol.asyncDispose]()
})

const run = (command: string, ...ids: readonly (readonly [string, string])[]): Promise<Answered> =>
  curl(
    ids.reduce((text, [from, to]) => text.replace(from, to), command),
    world.url,
    key,
  )

const idOf = (answer: Answered, model: string): string => (answer.body[model] as { id: string }).id

describe("the document's examples, followed literally", () => {
  let definition: string
  let report: string

  it('list the predefined definitions', async () => {
    const answer = await run(`curl -s -k -X GET \\
-H 'Authorization: sgfeea6jsaz4mum9su8w6' \\
'https://10.0.214.98/api/v2/report/defined'`)
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({
      result: 'success',
      defined_report: [
        { id: '5', title: 'System report', type: 'system' },
        { id: '6', title: 'Account access report', type: 'account_access' },
        { id: '7', title: 'Safe access report', type: 'safe_access' },
        { id: '8', title: 'Server access report', type: 'server_access' },
        { id: '9', title: 'Session approvals by user', type: 'session_approvals' },
        { id: '10', title: 'Session sharing invites by user', type: 'session_sharing' },
        { id: '11', title: 'Session summary', type: 'session_summary' },
        { id: '12', title: 'Sessions by server report', type: 'sessions_by_server' },
        { id: '13', title: 'User access report', type: 'user_access' },
        { id: '14', title: 'User activity report', type: 'user_activity' },
        { id: '15', title: 'User privilege report', type: 'user_privilege' },
        { id: '16', title: 'User report', type: 'user' },
      ],
    })
  })

  it('subscribe, list the subscription, refuse the same again, and unsubscribe', async () => {
    const subscribe = `curl -s -k -X POST \\
-H 'Authorization: sgfeea6jsaz4mum9su8w6' \\
-H 'Content-Type: application/json' \\
'https://10.0.214.98/api/v2/report/subscription' \\
-d'{"period":"day","defined_report_id":"6"}'`
    const made = await run(subscribe)
    expect(made.status).toBe(200)
    const id = idOf(made, 'defined_report_subscription')
    expect(made.body).toEqual({ defined_report_subscription: { id }, result: 'success' })
    expect(id).toMatch(/^\d{19}$/)
    const listed = await run(`curl -s -k -X GET \\
-H 'Authorization: sgfeea6jsaz4mum9su8w6' \\
'https://10.0.214.98/api/v2/report/subscription'`)
    expect(listed.body).toEqual({
      result: 'success',
      defined_report_subscription: [
        {
          id,
          defined_report_id: '6',
          user_id: 'auditor',
          period: 'day',
          created_by: 'auditor',
          created_at: '2026-01-20 04:00:00.12-08',
          modified_at: '2026-01-20 04:00:00.12-08',
        },
      ],
    })
    expect((await run(subscribe)).status).toBe(409)
    const unsubscribe = `curl -s -k -X DELETE \\
-H 'Authorization: sgfeea6jsaz4mum9su8w6' \\
'https://10.0.214.98/api/v2/report/subscription/9124292845052624902'`
    const gone = await run(unsubscribe, ['9124292845052624902', id])
    expect([gone.status, gone.body]).toEqual([200, { result: 'success' }])
    const typed = unsubscribe.replace('-X DELETE', "-X DELETE -H 'Content-Type: application/json'")
    expect((await run(typed, ['9124292845052624902', id])).status).toBe(404)
  })

  it('create a definition with a filter, which comes back byte for byte', async () => {
    const made = await run(`curl -s -k -X POST \\
-H 'Authorization: sgfeea6jsaz4mum9su8w6' \\
-H 'Content-Type: application/json' \\
'https://10.0.214.98/api/v2/report/defined' \\
-d'{
"title": "TestingAAA",
"type": "system",
"query_filter": "created_at.ge(2025-12-09T12%3A00%3A51.564Z),created_at.le(2026-01-10T12%3A00%3A51.564Z),subprotocol.iin(rdp),user_id.in(1224979098644774913),retention_locked,!finished_at.isnull(),status.iin(approved)",
"query_order": "!finished_at"
}'`)
    expect(made.status).toBe(200)
    definition = idOf(made, 'defined_report')
    const listed = await run(
      `curl -H 'Authorization: x' 'https://10.0.214.98/api/v2/report/defined?filter=id.in(${definition})'`,
    )
    expect(listed.body).toEqual({
      result: 'success',
      defined_report: [
        {
          id: definition,
          title: 'TestingAAA',
          type: 'system',
          query_filter:
            'created_at.ge(2025-12-09T12%3A00%3A51.564Z),created_at.le(2026-01-10T12%3A00%3A51.564Z),subprotocol.iin(rdp),user_id.in(1224979098644774913),retention_locked,!finished_at.isnull(),status.iin(approved)',
          query_order: '!finished_at',
          created_by: 'auditor',
          created_at: '2026-01-20 04:00:00.12-08',
          modified_at: '2026-01-20 04:00:00.12-08',
        },
      ],
    })
  })

  it('generate from that definition: the filter finds what it says, in its order', async () => {
    const made = await run(
      `curl -X POST -H 'Authorization: x' -H 'Content-Type: application/json' 'https://10.0.214.98/api/v2/report' -d '{"defined_report_id":"${definition}"}'`,
    )
    expect(made.status).toBe(200)
    const csv = await run(`curl -H 'Authorization: x' 'https://10.0.214.98/api/v2/report/${idOf(made, 'report')}/csv'`)
    expect(csv.type).toBe('text/csv; charset=utf-8')
    expect(csv.text).toBe(
      'id,created_at,finished_at,duration,user_id,server_id,server,account_id,account,safe_id,safe,listener_id,listener,protocol,subprotocol,status,approved_by,reason,shared,retention_locked\r\n' +
        'two,2026-01-06T10:00:00.000Z,2026-01-06T10:30:00.000Z,1800,1224979098644774913,db-1,Orders,root,root,linux,linux,bastion,bastion,rdp,rdp,approved,boss,,false,true\r\n' +
        'one,2026-01-05T10:00:00.000Z,2026-01-05T11:00:00.000Z,3600,1224979098644774913,db-1,Orders,root,root,linux,linux,bastion,bastion,rdp,rdp,approved,boss,,false,true\r\n',
    )
  })

  it('tell of each server what the directory knows', async () => {
    const made = await run(
      `curl -X POST -H 'Authorization: x' -H 'Content-Type: application/json' 'https://10.0.214.98/api/v2/report' -d '{"defined_report_id":"12","query_filter":"server.ilike(ord*),created_at.ge(2026-01-05T00:00:00Z),created_at.le(2026-01-05T23:00:00Z)"}'`,
    )
    const path = `https://10.0.214.98/api/v2/report/${idOf(made, 'report')}`
    const csv = await run(`curl -H 'Authorization: x' '${path}/csv'`)
    expect(csv.text).toBe(
      'server_id,server,server_name,server_address,id,created_at,finished_at,duration,user_id,account_id,account,safe_id,safe,listener_id,listener,protocol,subprotocol,status,active\r\n' +
        'db-1,Orders,db-1.example,192.0.2.7,one,2026-01-05T10:00:00.000Z,2026-01-05T11:00:00.000Z,3600,1224979098644774913,root,root,linux,linux,bastion,bastion,rdp,rdp,approved,false\r\n',
    )
    // Its period is what the filter says, on the realm's clock, and so are the filter's words.
    const { text } = await run(`curl -H 'Authorization: x' '${path}/html'`)
    expect(text).toContain('2026-01-04 16:00:00 to 2026-01-05 15:00:00')
    expect(text).toContain('Started is not before 2026-01-04 16:00:00')
  })

  it('generate on demand by criteria, of the last 30 days, and list what was generated', async () => {
    const made = await run(`curl -s -k -X POST \\
-H 'Authorization: sgfeea6jsaz4mum9su8w6' \\
-H 'Content-Type: application/json' \\
'https://10.0.214.98/api/v2/report' \\
-d'{"criteria":[{"field":"protocol","value":"ssh"},{"field":"user","value":"5620492334958379010"}]}'`)
    expect(made.status).toBe(200)
    report = idOf(made, 'report')
    expect(made.body).toEqual({ report: { id: report }, result: 'success' })
    const listed = await run(`curl -s -k -X GET \\
-H 'Authorization: sgfeea6jsaz4mum9su8w6' \\
'https://10.0.214.98/api/v2/report'`)
    expect((listed.body.report as unknown[]).at(-1)).toEqual({
      id: report,
      title: 'System report',
      report_type: 'system',
      generated_at: '2026-01-20 04:00:00.12-08',
      created_by: 'auditor',
      query_filter: 'protocol.in(ssh),user_id.in(5620492334958379010)',
      created_on: expect.any(String),
      created_at: '2026-01-20 04:00:00.12-08',
      modified_at: '2026-01-20 04:00:00.12-08',
    })
  })

  it('download it as HTML, a document that holds everything', async () => {
    const html = await run(
      `curl -s -k -X GET \\
-H 'Authorization: sgfeea6jsaz4mum9su8w6' \\
'https://10.0.214.98/api/v2/report/9124292845052624897/html'`,
      ['9124292845052624897', report],
    )
    expect([html.status, html.type]).toEqual([200, 'text/html; charset=utf-8'])
    expect(html.text).toContain('<!doctype html')
    expect(html.text).toContain('System report')
    expect(html.text).toContain('shell')
    expect(html.text).not.toContain('old')
  })

  it('keep what was generated as it was, whatever comes in later', async () => {
    const get = () => run(`curl -H 'Authorization: x' 'https://10.0.214.98/api/v2/report/${report}/csv'`)
    const before = await get()
    const path = `/v1/realms/${realm.tenantId}/${realm.communityId}/events`
    const sent = await world.call('POST', path, session('more', other, 'ssh', '', '2026-01-09T10:00:00Z'))
    expect(sent.status).toBe(200)
    expect((await get()).text).toBe(before.text)
    expect(before.text.split('\r\n')).toHaveLength(3)
  })

  it('change a definition', async () => {
    const changed = await run(
      `curl -s -k -X PATCH \\
-H 'Authorization: sgfeea6jsaz4mum9su8w6' \\
-H 'Content-Type: application/json' \\
'https://10.0.214.98/api/v2/report/defined/9124292845052624900' \\
-d'{
"title":"Updated Custom Report",
"query_filter":"created_at.ge(2025-12-09T12%3A00%3A51.564Z),created_at.le(2026-01-10T12%3A00%3A51.564Z),subprotocol.iin(rdp),user_id.in(1224979098644774913),retention_locked,!finished_at.isnull(),status.iin(approved)",
"query_order": "!finished_at"
}'`,
      ['9124292845052624900', definition],
    )
    expect([changed.status, changed.body]).toEqual([200, { result: 'success' }])
    const one = await run(`curl -H 'Authorization: x' 'https://10.0.214.98/api/v2/report/defined/${definition}'`)
    expect(one.body).toMatchObject({ result: 'success', defined_report: { title: 'Updated Custom Report' } })
  })

  it('delete a report and a definition; they stay only for who asks for what was removed', async () => {
    const removeReport = await run(
      `curl -s -k -X DELETE \\
-H 'Authorization: sgfeea6jsaz4mum9su8w6' \\
'https://10.0.214.98/api/v2/report/9124292845052624902'`,
      ['9124292845052624902', report],
    )
    expect([removeReport.status, removeReport.body]).toEqual([200, { result: 'success' }])
    const removeDefinition = await run(
      `curl -s -k -X DELETE \\
-H 'Authorization: sgfeea6jsaz4mum9su8w6' \\
'https://10.0.214.98/api/v2/report/defined/9124292845052624900'`,
      ['9124292845052624900', definition],
    )
    expect([removeDefinition.status, removeDefinition.body]).toEqual([200, { result: 'success' }])
    for (const path of [`report/${report}`, `report/${report}/csv`, `report/defined/${definition}`])
      expect((await run(`curl -H 'Authorization: x' 'https://10.0.214.98/api/v2/${path}'`)).status).toBe(404)
    const removed = await run(
      `curl -H 'Authorization: x' 'https://10.0.214.98/api/v2/report?filter=removed&fields=id,removed'`,
    )
    expect(removed.body).toEqual({ result: 'success', report: [{ id: report, removed: true }] })
  })

  it('tell the attributes of the models', async () => {
    for (const model of ['report', 'defined_report_subscription', 'defined_report']) {
      const answer = await run(`curl -H 'Authorization: x' 'https://10.0.214.98/api/v2/objspec/${model}'`)
      expect(answer.status).toBe(200)
      expect(Object.keys(answer.body).sort()).toEqual([model, 'result'].sort())
    }
    const definitions = await run(`curl -H 'Authorization: x' 'https://10.0.214.98/api/v2/objspec/defined_report'`)
    expect(definitions.body.defined_report).toEqual({
      id: { type: 'string', readonly: true, unique: true },
      title: { type: 'string' },
      type: { type: 'string', immutable: true },
      query_filter: { type: 'string' },
      query_order: { type: 'string' },
      created_by: { type: 'string', immutable: true },
      created_at: { type: 'datetime', readonly: true },
      modified_at: { type: 'datetime', readonly: true },
      removed: { type: 'boolean', readonly: true },
    })
  })
})
