import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../../until.ts'
import { adminKey, startWorld, type World } from '../../world.ts'
import { minutesAgo, type Setting, settle } from './reports-setting.ts'

let world: World
let setting: Setting
let base: string
beforeAll(async () => {
  world = await startWorld()
  setting = await settle(world)
  base = `/v1/realms/${setting.realm.tenantId}/${setting.realm.communityId}`
})
afterAll(() => world[Symbol.asyncDispose]())

const put = async (path: string, body: object): Promise<void> => {
  const { status } = await world.call('PUT', `${base}/directory/${path}`, body)
  if (status > 201) throw new Error(`PUT ${path} answered ${status}`)
}
/** Rows of a report; asked again while the answer says that acknowledged events are still missing. */
const rows = async (report: string, params: object = {}): Promise<Record<string, unknown>[]> => {
  let body: unknown
  await until(async () => {
    const answer = await fetch(`${world.url}${base}/reports/${report}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ params }),
    })
    body = await answer.json()
    expect([report, answer.status, answer.ok ? '' : body]).toEqual([report, 200, ''])
    return answer.headers.get('rollcall-incomplete') === null
  })
  return (body as { rows: Record<string, unknown>[] }).rows
}

describe('role assignments', () => {
  beforeAll(async () => {
    await put('user/u1', { name: 'ann', display: 'Ann Lee', attributes: { email: 'ann@acme.example' } })
    const emails = [{ value: 'b@home.example' }, { value: 'bob@acme.example', primary: true }]
    const name = { givenName: 'Bob', familyName: 'Ray' }
    await put('user/u2', { name: 'bob.ray', externalId: 'E-2', status: 'inactive', attributes: { emails, name } })
    await put('user/u3', { name: 'cy' })
    await put('group/g1', { name: 'Night' })
    await put('role/r2', { name: 'helpdesk', display: 'Help desk' })
    await put('membership/m1', { subject: { kind: 'user', id: 'u3' }, object: { kind: 'group', id: 'g1' } })
    const assign = (id: string, kind: string, subject: string, role: string, display = '') =>
      put(`role_assignment/${id}`, {
        name: display,
        subject: { kind, id: subject },
        object: { kind: 'role', id: role },
      })
    await assign('a1', 'user', 'u1', 'r1', 'Administrator')
    await assign('a2', 'user', 'u2', 'r1', 'Administrator')
    await assign('a3', 'group', 'g1', 'r2')
    await assign('a4', 'user', 'stranger', 'r3')
    const login = (user_id: string, timestamp: string) => ['E_LOGIN_SUCCEEDED', { user_id, timestamp }] as const
    await setting.send([
      login('ann', '2026-01-02 03:04:05.678'),
      login('ann', '2026-01-01 00:00:00.000'),
      login('E-2', '2026-02-01 00:00:00.000'),
      login('u3', '2026-03-01 00:00:00.000'),
      ['E_LOGIN_FAILED', { user_id: 'stranger', timestamp: '2026-03-02 00:00:00.000' }],
    ])
  })

  test('show who has which role, with the latest login under whichever name the stream knows them by', async () => {
    const found = await rows('role-assignments')
    const at = expect.any(Number)
    expect(found).toEqual([
      {
        role: 'Administrator',
        role_id: 'r1',
        user_id: 'E-2',
        name: 'Bob Ray',
        email: 'bob@acme.example',
        status: 'inactive',
        assigned_at: at,
        latest_login: Date.UTC(2026, 1, 1),
      },
      {
        role: 'Administrator',
        role_id: 'r1',
        user_id: 'ann',
        name: 'Ann Lee',
        email: 'ann@acme.example',
        status: 'active',
        assigned_at: at,
        latest_login: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
      },
      {
        role: 'Help desk',
        role_id: 'r2',
        user_id: 'u3',
        name: '',
        email: '',
        status: 'active',
        assigned_at: at,
        latest_login: Date.UTC(2026, 2, 1),
      },
      {
        role: 'r3',
        role_id: 'r3',
        user_id: 'stranger',
        name: '',
        email: '',
        status: '',
        assigned_at: at,
        latest_login: null,
      },
    ])
  })

  test('are narrowed by the names and the ids of roles, either of which will do', async () => {
    const ids = async (params: object) => (await rows('role-assignments', params)).map(({ role_id }) => role_id)
    expect(await ids({ roles: ['Help desk'] })).toEqual(['r2'])
    expect(await ids({ roles: ['Help desk'], role_ids: ['r3', 'none'] })).toEqual(['r2', 'r3'])
    expect(await ids({ roles: ['none'] })).toEqual([])
  })
})

test('hardware tokens are listed, alone and by their users, and found by a part of them', async () => {
  await put('hardware_token/t1', {
    name: 'SN-001',
    attributes: { type: 'YubiKey 5' },
    subject: { kind: 'user', id: 'u1' },
  })
  await put('hardware_token/t2', { name: 'SN-002', status: 'lost', attributes: { type: 'OATH' } })
  await put('hardware_token/t3', { name: 'SN-003', subject: { kind: 'user', id: 'gone' } })
  const tokens = await rows('hardware-tokens')
  expect(tokens.map(({ serial, type, status, user_id, name }) => [serial, type, status, user_id, name])).toEqual([
    ['SN-001', 'YubiKey 5', 'active', 'ann', 'Ann Lee'],
    ['SN-002', 'OATH', 'lost', '', ''],
    ['SN-003', '', 'active', 'gone', ''],
  ])
  const serials = async (report: string, search: string) => (await rows(report, { search })).map(({ serial }) => serial)
  expect(await serials('hardware-tokens', 'yubi')).toEqual(['SN-001'])
  expect(await serials('hardware-tokens', '00')).toEqual(['SN-001', 'SN-002', 'SN-003'])
  expect(await serials('hardware-tokens', 'ann lee')).toEqual(['SN-001'])
  expect(await serials('hardware-token-users', '')).toEqual(['SN-001', 'SN-003'])
  expect(await serials('hardware-token-users', 'GONE')).toEqual(['SN-003'])
})

describe('verification sessions', () => {
  const user = { username: 'ann', firstname: 'Ann', Lastname: 'Lee' }
  const session = (id: string, more: object = {}) => ({
    sessionId: id,
    SessionInfo: { id, user, documentType: 'dl_object', ...more },
  })
  beforeAll(async () => {
    const at = minutesAgo
    await setting.send([
      ['E_IDV_INITIALIZATION', { ...session('s-new'), timestamp: at(50) }],
      ['E_IDV_INITIALIZATION', { ...session('s-late', { expiryTS: Date.now() - 60_000 }), timestamp: at(49) }],
      ['E_IDV_DOCUMENTCAPTURE', { ...session('s-open', { expiryTS: Date.now() + 3_600_000 }), timestamp: at(48) }],
      [
        'E_IDV_DOCUMENT_VALIDATE',
        {
          ...session('s-pass', { status: 'completed_pass', createdTS: Math.floor(Date.UTC(2025, 0, 1) / 1000) }),
          timestamp: at(40),
        },
      ],
      ['E_IDV_INITIALIZATION', { ...session('s-pass', { status: 'PENDING' }), timestamp: at(47) }],
      ['E_IDV_DOCUMENT_VALIDATE', { ...session('s-done'), timestamp: at(46) }],
      ['E_IDV_SESSION_ABANDONED', { ...session('s-left', { status: 'INPROGRESS' }), timestamp: at(45) }],
      [
        'E_IDV_SESSION_EXPIRED',
        {
          ...session('s-over', {
            documentType: 'ppt_object',
            user: { username: 'bob', firstname: 'Bob', Lastname: 'Ray' },
          }),
          timestamp: at(44),
        },
      ],
    ])
    const attributes = { documentType: 'idcard_object', expiresAt: '2020-01-01T00:00:00Z', firstName: 'Ann' }
    await put('verification_session/s-kept', { status: 'pending', attributes, subject: { kind: 'user', id: 'u1' } })
    await put('verification_session/s-left', { status: 'CANCELLED' })
  })

  test('are in the state that their latest event says, and expire by the clock', async () => {
    const found = await rows('verification-sessions')
    const states = Object.fromEntries(found.map(({ session_id, status }) => [session_id, status]))
    expect(states).toEqual({
      's-new': 'PENDING',
      's-late': 'EXPIRED',
      's-open': 'INPROGRESS',
      's-pass': 'COMPLETED_PASS',
      's-done': 'COMPLETED',
      's-left': 'CANCELLED',
      's-over': 'EXPIRED',
      's-kept': 'EXPIRED',
    })
    const pass = found.find(({ session_id }) => session_id === 's-pass')
    expect(pass).toMatchObject({
      document_type: 'dl_object',
      user_id: 'ann',
      first_name: 'Ann',
      last_name: 'Lee',
      created_at: Date.UTC(2025, 0, 1),
      expires_at: null,
    })
    const kept = found.find(({ session_id }) => session_id === 's-kept')
    expect(kept).toMatchObject({ user_id: 'ann', document_type: 'idcard_object', expires_at: Date.UTC(2020, 0, 1) })
  })

  test('are narrowed by what is asked', async () => {
    const ids = async (params: object) =>
      (await rows('verification-sessions', params)).map(({ session_id }) => session_id).sort()
    expect(await ids({ id: 's-new' })).toEqual(['s-new'])
    expect(await ids({ status: 'EXPIRED' })).toEqual(['s-kept', 's-late', 's-over'])
    expect(await ids({ document_type: 'ppt_object' })).toEqual(['s-over'])
    expect(await ids({ name: 'OB ra' })).toEqual(['s-over'])
    expect(await ids({ start: Date.UTC(2025, 0, 1), end: Date.UTC(2025, 0, 1) })).toEqual(['s-pass'])
    const before = { now: Date.UTC(2019, 0, 1), id: 's-kept' }
    expect(await rows('verification-sessions', before)).toMatchObject([{ status: 'PENDING' }])
  })
})

describe('the three exports of the dialect', () => {
  const download = {
    requestBy: 'ann@acme.example',
    notificationList: ['ann@acme.example'],
    eventData: { tenant_dns: 'acme.example', user_id: 'ann' },
  }
  const fileOf = async (name: string, body: object, status: number): Promise<string> => {
    const made = await setting.ask(name, { ...body, download })
    expect([made.status, made.text]).toEqual([status, expect.stringMatching(/^\{"jobId":"[0-9a-f-]{36}"\}$/)])
    const { jobId } = made.json as { jobId: string }
    let link = ''
    await until(async () => {
      const jobs = (await setting.ask('download/jobs', { pSize: 100 })).json as { data: Record<string, string>[] }
      const job = jobs.data.find((one) => one.jobId === jobId)
      link = job?.downloadLink ?? ''
      return job?.completedAt != null
    })
    const text = Buffer.from(await (await fetch(link)).arrayBuffer()).toString()
    return text.replaceAll(/20(2[6-9]|[3-9]\d)-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}(?="[,\r])/g, 'time')
  }
  const refused = async (name: string, body: object): Promise<[number, unknown]> => {
    const { status, json } = await setting.ask(name, body)
    const { errors } = json as { errors: { param: string }[] }
    return [status, errors.map(({ param }) => param)]
  }

  test('role_assignment answers its rows at once, or makes a file, and asks for one of the two', async () => {
    const now = await setting.ask('role_assignment', { roles: ['Help desk'], data_now: true })
    expect([now.status, now.json]).toEqual([
      200,
      {
        page: { total: 1, pSize: 25, pIndex: 0 },
        data: [
          {
            role: 'Help desk',
            role_id: 'r2',
            user_id: 'u3',
            name: '',
            email: '',
            status: 'active',
            assigned_at: expect.any(Number),
            latest_login: Date.UTC(2026, 2, 1),
          },
        ],
      },
    ])
    const page = await setting.ask('role_assignment', { data_now: true, pSize: 1, pIndex: 3 })
    expect(page.json).toMatchObject({ page: { total: 4, pSize: 1, pIndex: 3 }, data: [{ role: 'r3' }] })
    expect(await refused('role_assignment', {})).toEqual([400, ['download']])
    expect(await refused('role_assignment', { data_now: false, roles: [5] })).toEqual([400, ['download', 'roles']])
    expect(await refused('role_assignment', { data_now: 'yes', download })).toEqual([400, ['data_now']])
    expect(await fileOf('role_assignment', { roleIds: ['r2', 'r3'] }, 200)).toBe(
      '\uFEFF"role","role_id","user_id","name","email","status","assigned_at","latest_login"\r\n' +
        '"Help desk","r2","u3","","","active","time","time"\r\n"r3","r3","stranger","","","","time",\r\n',
    )
  })

  test('hardwaretokens_export makes a file of tokens, or of who has which, and names what is wrong', async () => {
    const name = 'hardwaretokens_export'
    expect(await refused(name, {})).toEqual([400, ['reports_type', 'download']])
    expect(await refused(name, { reports_type: 'x', download })).toEqual([400, ['reports_type']])
    const odd = { reports_type: 'hardware_tokens', query: { searchStr: 5, other: 1 }, download }
    expect(await refused(name, odd)).toEqual([400, ['query.other', 'query.searchStr']])
    expect(await refused(name, { ...odd, query: 'x' })).toEqual([400, ['query']])
    expect(await fileOf(name, { reports_type: 'hardware_tokens', query: { searchStr: 'oath' } }, 201)).toBe(
      '\uFEFF"serial","type","status","user_id","name","registered_at","changed_at","token_id"\r\n' +
        '"SN-002","OATH","lost","","","time","time","t2"\r\n',
    )
    expect(await fileOf(name, { reports_type: 'user_hardwaretokens', query: {} }, 201)).toBe(
      '\uFEFF"user_id","name","user_status","serial","type","status","changed_at","token_id"\r\n' +
        '"ann","Ann Lee","active","SN-001","YubiKey 5","active","time","t1"\r\n' +
        '"gone","","","SN-003","","active","time","t3"\r\n',
    )
  })

  test('verification_sessions_report makes a file of the sessions that fit, and names what is wrong', async () => {
    const name = 'verification_sessions_report'
    expect(await refused(name, {})).toEqual([400, ['download']])
    const query = { status: 'GONE', documentType: 'x', name: 5, startDate: 'soon', endDate: 'later', more: 1 }
    const [status, params] = await refused(name, { query, download })
    expect(status).toBe(400)
    expect((params as string[]).sort()).toEqual([
      'query.documentType',
      'query.endDate',
      'query.more',
      'query.name',
      'query.startDate',
      'query.status',
    ])
    const turned = { startDate: '2025-01-02 00:00:00.000', endDate: '2025-01-01 00:00:00.000' }
    expect(await refused(name, { query: turned, download })).toEqual([400, ['query.endDate']])
    const day = { startDate: '2025-01-01 00:00:00.000', endDate: '2025-01-01 00:00:00.000', status: '' }
    const head =
      '\uFEFF"session_id","status","document_type","user_id","first_name","last_name","created_at","updated_at","expires_at"\r\n'
    expect(await fileOf(name, { query: day }, 201)).toBe(
      `${head}"s-pass","COMPLETED_PASS","dl_object","ann","Ann","Lee","2025-01-01 00:00:00.000","time",\r\n`,
    )
    const lately = await fileOf(name, { query: { status: 'ABANDONED' } }, 201)
    expect(lately).toBe(head)
  })
})
