import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../../until.ts'
import { startWorld, type World } from '../../world.ts'

let world: World
let realm: { readonly tenantId: string; readonly communityId: string }
beforeAll(async () => {
  world = await startWorld()
  realm = await world.realm()
  const path = `/v1/realms/${realm.tenantId}/${realm.communityId}/events`
  const sent = await world.call(
    'POST',
    path,
    ['ann', 'bob', 'cy'].map((user, at) => ({
      event_name: 'session.started',
      session_id: `s${at}`,
      user_id: user,
      protocol: 'ssh',
      server_id: 'web',
    })),
  )
  expect(sent.status).toBe(200)
})
afterAll(async () => {
  await world[Symbol.asyncDispose]()
})

interface Said {
  readonly status: number
  readonly body: Readonly<Record<string, never>> & {
    readonly message?: string
    readonly errors?: Record<string, string[]>
  }
  readonly text: string
  readonly allow: string | null
}

const ask = async (key: string | undefined, method: string, path: string, body?: unknown): Promise<Said> => {
  const response = await fetch(`${world.url}/api/v2${path}`, {
    method,
    headers: {
      ...(key === undefined ? {} : { authorization: key }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  const json = response.headers.get('content-type')?.startsWith('application/json')
  return { status: response.status, body: json ? JSON.parse(text) : {}, text, allow: response.headers.get('allow') }
}

const keyOf = async (user: string, ...roles: readonly string[]): Promise<string> => {
  const made = await world.call('POST', '/v1/keys', { kind: 'api', name: user, realm, user, roles })
  expect(made.status).toBe(201)
  return (made.body as { secret: string }).secret
}

const idIn = (said: Said, model: string): string =>
  (said.body as never as Record<string, { id: string }>)[model]?.id ?? ''
const idsIn = (said: Said, model: string): readonly string[] =>
  ((said.body as never as Record<string, { id: string }[]>)[model] ?? []).map(({ id }) => id)

describe('who may do what', () => {
  it('a user only looks, an operator also makes, and each sees what is their own', async () => {
    const [user, operator, other] = [
      await keyOf('ann', 'user'),
      await keyOf('op', 'operator'),
      await keyOf('ad', 'admin'),
    ]
    const superadmin = await keyOf('root', 'superadmin')
    for (const [path, body] of [
      ['/report', {}],
      ['/report/defined', { title: 'x', type: 'system' }],
      ['/report/subscription', { period: 'day', defined_report_id: '6' }],
    ] as const)
      expect([path, (await ask(user, 'POST', path, body)).status]).toEqual([path, 403])
    const report = idIn(await ask(operator, 'POST', '/report', {}), 'report')
    const definition = idIn(
      await ask(operator, 'POST', '/report/defined', { title: 'x', type: 'system' }),
      'defined_report',
    )
    for (const [key, sees] of [
      [user, false],
      [operator, true],
      [other, false],
      [superadmin, true],
    ] as const) {
      expect(idsIn(await ask(key, 'GET', '/report'), 'report')).toEqual(sees ? [report] : [])
      expect((await ask(key, 'GET', `/report/${report}/csv`)).status).toBe(sees ? 200 : 404)
      expect(idsIn(await ask(key, 'GET', '/report/defined'), 'defined_report').includes(definition)).toBe(sees)
    }
    expect((await ask(other, 'DELETE', `/report/${report}`)).status).toBe(404)
    expect((await ask(other, 'PATCH', `/report/defined/${definition}`, { title: 'mine' })).status).toBe(404)
    expect((await ask(operator, 'DELETE', '/report/defined/5')).status).toBe(403)
  })

  it('a report holds what its maker may see', async () => {
    const made = async (key: string): Promise<readonly string[]> => {
      const id = idIn(await ask(key, 'POST', '/report', { query_order: 'user_id' }), 'report')
      const { text } = await ask(key, 'GET', `/report/${id}/csv`)
      return text
        .split('\r\n')
        .slice(1, -1)
        .map((line) => line.split(',')[4] ?? '')
    }
    expect(await made(await keyOf('op2', 'operator'))).toEqual(['ann', 'bob', 'cy'])
    const none = await world.call('POST', '/v1/keys', { kind: 'api', name: 'all', realm })
    expect(await made((none.body as { secret: string }).secret)).toEqual(['ann', 'bob', 'cy'])
  })

  it('another realm sees nothing of it, and a key of the whole server is told to use one of a realm', async () => {
    const elsewhere = await world.apiKey(await world.realm())
    expect(idsIn(await ask(elsewhere, 'GET', '/report'), 'report')).toEqual([])
    const everywhere = await world.apiKey()
    expect((await ask(everywhere, 'GET', '/report')).status).toBe(403)
  })
})

describe('what is wrong is said', () => {
  let key: string
  beforeAll(async () => {
    key = await keyOf('tester', 'operator')
  })

  it('of keys, paths and methods, always as JSON', async () => {
    for (const sent of [undefined, 'nobody', `Bearer ${key}`]) {
      const said = await ask(sent, 'GET', '/report')
      expect([said.status, said.body.result]).toEqual([401, 'failure'])
    }
    expect((await ask(key, 'GET', '/nothing/here')).body).toMatchObject({ result: 'failure' })
    expect((await ask(key, 'GET', '/report/5/xlsx')).status).toBe(404)
    expect((await ask(key, 'GET', '/report/9')).status).toBe(404)
    const put = await ask(key, 'PUT', '/report/defined', {})
    expect([put.status, put.allow, put.body.result]).toEqual([405, 'GET, POST', 'failure'])
    expect((await ask(key, 'PATCH', '/report/1', {})).status).toBe(405)
  })

  it.each([
    ['nobody.in(5)', 'nobody'],
    ['user_id.near(5)', 'near'],
    ['created_at.ge(yesterday)', 'yesterday'],
    ['duration.ge(long)', 'long'],
    ['user_id', 'stands alone'],
    ['retention_locked.ge(true)', 'true or false'],
    ['finished_at.like(2*)', 'no text'],
    ['user_id.in(a', 'cannot be read'],
    ["user_id.in(');DROP TABLE events;--", 'cannot be read'],
    ['user_id.in(%00%zz)', 'encoded character'],
  ])('of the filter %s, when it is made, naming the term', async (query_filter, word) => {
    for (const [path, body] of [
      ['/report/defined', { title: 'x', type: 'system', query_filter }],
      ['/report', { query_filter }],
    ] as const) {
      const said = await ask(key, 'POST', path, body)
      expect([said.status, said.body.errors?.query_filter?.join(' ')]).toEqual([400, expect.stringContaining(word)])
    }
  })

  it.each([
    ['POST', '/report/defined', { type: 'system' }, 'title'],
    ['POST', '/report/defined', { title: 'x', type: 'nothing' }, 'type'],
    ['POST', '/report/defined', { title: 'x\u0000', type: 'system' }, 'title'],
    ['POST', '/report/defined', { title: 'x', type: 'system', removed: true }, 'removed'],
    ['POST', '/report/defined', { title: 'x', type: 'system', query_order: 'shoes' }, 'query_order'],
    ['POST', '/report', { criteria: [], query_filter: '' }, 'criteria'],
    ['POST', '/report', { criteria: [{ field: 'shoes', value: '5' }] }, 'criteria.0.field'],
    ['POST', '/report', { criteria: [{ field: 'user', value: '' }] }, 'criteria.0.value'],
    ['POST', '/report/subscription', { period: 'hour', defined_report_id: '6' }, 'period'],
    ['GET', '/report?limit=-1', undefined, 'limit'],
    ['GET', '/report?offset=x', undefined, 'offset'],
    ['GET', '/report?order=shoes', undefined, 'order'],
    ['GET', '/report?fields=shoes', undefined, 'fields'],
    ['GET', '/report?filter=shoes', undefined, 'filter'],
    ['GET', '/report?shoes=5', undefined, 'shoes'],
  ])('of %s %s %j, naming the attribute', async (method, path, body, name) => {
    const said = await ask(key, method, path, body)
    expect([said.status, said.body.result, Object.keys(said.body.errors ?? {})]).toEqual([400, 'failure', [name]])
  })

  it('of bodies that are no JSON, and of definitions that are not there', async () => {
    expect((await ask(key, 'POST', '/report', '{"criteria":')).status).toBe(400)
    expect((await ask(key, 'POST', '/report', { defined_report_id: '4' })).status).toBe(404)
    expect((await ask(key, 'POST', '/report/subscription', { period: 'day', defined_report_id: '4' })).status).toBe(404)
  })

  it('and a definition keeps its type', async () => {
    const id = idIn(await ask(key, 'POST', '/report/defined', { title: 'x', type: 'user_access' }), 'defined_report')
    expect((await ask(key, 'PATCH', `/report/defined/${id}`, { type: 'user_access' })).status).toBe(200)
    expect((await ask(key, 'PATCH', `/report/defined/${id}`, { type: 'system' })).body.errors).toHaveProperty('type')
    const made = await ask(key, 'POST', '/report', { defined_report_id: id, query_filter: '' })
    expect(made.status).toBe(200)
  })
})

describe('lists', () => {
  it('are filtered, ordered, cut and counted as asked', async () => {
    const key = await keyOf('lister', 'operator')
    for (const title of ['beta', 'Alpha', 'gamma']) await ask(key, 'POST', '/report/defined', { title, type: 'system' })
    const titles = async (query: string): Promise<unknown> =>
      (await ask(key, 'GET', `/report/defined?fields=title&${query}`)).body
    expect(await titles('filter=created_by.in(lister)&order=!title')).toEqual({
      result: 'success',
      defined_report: [{ title: 'gamma' }, { title: 'beta' }, { title: 'Alpha' }],
    })
    expect(
      await titles('filter=title.ilike(*A),created_by.in(lister)&order=title&limit=1&offset=1&total_count=true'),
    ).toEqual({ result: 'success', defined_report: [{ title: 'beta' }], total_count: 3 })
    expect(await titles('filter=!created_by.isnull(),title.in(beta)')).toEqual({
      result: 'success',
      defined_report: [{ title: 'beta' }],
    })
    expect(await titles('filter=created_at.ge(2999-01-01T00%3A00%3A00Z)')).toEqual({
      result: 'success',
      defined_report: [],
    })
  })
})

describe('every predefined definition', () => {
  it.each(Array.from({ length: 12 }, (_, at) => String(at + 5)))(
    '%s is generated, and read as CSV, HTML and PDF',
    async (id) => {
      const key = await keyOf('all', 'operator')
      const made = await ask(key, 'POST', '/report', { defined_report_id: id })
      expect(made.status).toBe(200)
      for (const form of ['csv', 'html', 'pdf'])
        expect((await ask(key, 'GET', `/report/${idIn(made, 'report')}/${form}`)).status).toBe(200)
    },
  )
})

it('a report of many rows is whole, each row once and in its order', async () => {
  const own = await world.realm()
  const sessions = Array.from({ length: 5_300 }, (_, at) => ({
    event_name: 'session.started',
    session_id: `s${String(at).padStart(5, '0')}`,
    user_id: 'ann',
  }))
  const sent = await world.call('POST', `/v1/realms/${own.tenantId}/${own.communityId}/events`, sessions)
  expect(sent.status).toBe(200)
  const key = await world.apiKey(own)
  const made = await ask(key, 'POST', '/report', { query_order: 'id' })
  const { text } = await ask(key, 'GET', `/report/${idIn(made, 'report')}/csv`)
  const ids = text
    .split('\r\n')
    .slice(1, -1)
    .map((line) => line.split(',')[0])
  expect(ids).toEqual(sessions.map(({ session_id }) => session_id))
})

describe('a subscription', () => {
  it('puts the report of its period among the generated ones, once, with the rights of its owner', async () => {
    const key = await keyOf('reader', 'operator')
    const made = await ask(key, 'POST', '/report/subscription', { period: 'year', defined_report_id: '11' })
    const id = idIn(made, 'defined_report_subscription')
    const path = `/v1/realms/${realm.tenantId}/${realm.communityId}/subscriptions/${id}/run`
    const ran = await fetch(`${world.url}${path}`, { method: 'POST', headers: { authorization: `Bearer ${key}` } })
    expect(ran.status).toBe(202)
    const found = async () => (await ask(key, 'GET', '/report?fields=title,defined_report_id,created_by')).body
    await until(async () => JSON.stringify(await found()).includes('Session summary'))
    expect(await found()).toEqual({
      result: 'success',
      report: [{ title: 'Session summary', defined_report_id: '11', created_by: 'reader' }],
    })
    expect((await ask(key, 'DELETE', `/report/subscription/${id}`)).status).toBe(200)
  })

  it('is sent to the address that the directory has of its user', async () => {
    const key = await keyOf('mia', 'operator')
    const path = `/v1/realms/${realm.tenantId}/${realm.communityId}`
    const emails = [{ value: 'other@example.com' }, { value: 'mia@example.com', primary: true }]
    const put = await world.call('PUT', `${path}/directory/user/u-7`, { name: 'Mia', attributes: { emails } })
    expect(put.status).toBe(201)
    const made = await ask(key, 'POST', '/report/subscription', { period: 'day', defined_report_id: '11' })
    const seen = await world.call('GET', `${path}/subscriptions/${idIn(made, 'defined_report_subscription')}`)
    expect(seen.body).toMatchObject({ owner: 'mia', recipients: [{ email: 'mia@example.com' }] })
  })

  it('goes with its definition, and what was generated from it stays', async () => {
    const key = await keyOf('keeper', 'operator')
    const definition = idIn(await ask(key, 'POST', '/report/defined', { title: 'x', type: 'user' }), 'defined_report')
    await ask(key, 'POST', '/report/subscription', { period: 'week', defined_report_id: definition })
    const report = idIn(await ask(key, 'POST', '/report', { defined_report_id: definition }), 'report')
    expect((await ask(key, 'DELETE', `/report/defined/${definition}`)).status).toBe(200)
    expect(idsIn(await ask(key, 'GET', '/report/subscription'), 'defined_report_subscription')).toEqual([])
    expect((await ask(key, 'GET', `/report/${report}/csv`)).status).toBe(200)
  })
})

describe('a batch', () => {
  let key: string
  beforeAll(async () => {
    key = await keyOf('batcher', 'operator')
  })
  const definition = { method: 'POST', endpoint: '/report/defined', data: { title: '{title}', type: 'system' } }
  const own = async (): Promise<number> =>
    idsIn(await ask(key, 'GET', '/report/defined?filter=created_by.in(batcher)'), 'defined_report').length

  it('uses variables and what requests before answered, in both forms', async () => {
    const list = await ask(key, 'POST', '/batch', {
      variables: { title: 'by list' },
      requests: [
        { id: 1, ...definition },
        { id: 'look', method: 'GET', endpoint: '/report/defined/{1.defined_report.id}', params: { fields: 'title' } },
      ],
    })
    expect(list.body).toEqual({
      result: 'success',
      responses: [
        { id: '1', result: 'success', status: 200, defined_report: { id: expect.any(String) } },
        { id: 'look', result: 'success', status: 200, defined_report: { title: 'by list' } },
      ],
    })
    const object = await ask(key, 'POST', '/batch', {
      variables: { title: 'by object' },
      requests: { a: definition, b: { method: 'DELETE', endpoint: '/report/defined/{a.defined_report.id}' } },
    })
    expect(object.body).toMatchObject({ result: 'success', responses: [{ id: 'a' }, { id: 'b', status: 200 }] })
    expect(await own()).toBe(1)
  })

  it('that is atomic takes back what it did when one fails; one that is not goes on', async () => {
    const before = await own()
    const kept = idIn(await ask(key, 'POST', '/report/defined', { title: 'kept', type: 'system' }), 'defined_report')
    const requests = [
      { id: 'made', ...definition },
      { id: 'changed', method: 'PATCH', endpoint: `/report/defined/${kept}`, data: { title: 'changed' } },
      { id: 'gone', method: 'DELETE', endpoint: `/report/defined/${kept}` },
      { id: 'wrong', method: 'GET', endpoint: '/report/1' },
      { id: 'after', ...definition },
    ]
    const all = await ask(key, 'POST', '/batch', { atomic: true, variables: { title: 'x' }, requests })
    expect(all.body).toMatchObject({ result: 'failure', message: expect.stringContaining('wrong') })
    expect(idsIn(all, 'responses')).toEqual(['made', 'changed', 'gone', 'wrong'])
    expect(await own()).toBe(before + 1)
    const one = await ask(key, 'GET', `/report/defined/${kept}?fields=title`)
    expect(one.body).toEqual({ result: 'success', defined_report: { title: 'kept' } })
    const some = await ask(key, 'POST', '/batch', { variables: { title: 'x' }, requests })
    expect(some.body).toMatchObject({ result: 'success', responses: [{}, {}, {}, { status: 404 }, { status: 200 }] })
  })

  it('that is atomic deletes nothing when one of its deletions is not allowed, and a cascade is no failure', async () => {
    const kept = idIn(await ask(key, 'POST', '/report/defined', { title: 'kept', type: 'system' }), 'defined_report')
    const subscribed = { period: 'year', defined_report_id: kept }
    const subscription = idIn(await ask(key, 'POST', '/report/subscription', subscribed), 'defined_report_subscription')
    const remove = (id: string, endpoint: string) => ({ id, method: 'DELETE', endpoint })
    const own = remove('own', `/report/defined/${kept}`)
    const refused = await ask(key, 'POST', '/batch', {
      atomic: true,
      requests: [own, remove('no', '/report/defined/5')],
    })
    expect(refused.body).toMatchObject({ result: 'failure', responses: [{ id: 'own' }, { id: 'no', status: 403 }] })
    expect((await ask(key, 'GET', `/report/defined/${kept}`)).status).toBe(200)
    const requests = [remove('it', `/report/subscription/${subscription}`), own]
    expect((await ask(key, 'POST', '/batch', { atomic: true, requests })).body).toMatchObject({ result: 'success' })
    expect((await ask(key, 'GET', `/report/defined/${kept}`)).status).toBe(404)
  })

  it('is refused when it makes no sense, and names what', async () => {
    const bad = async (requests: unknown) => (await ask(key, 'POST', '/batch', { requests })).body.errors
    expect(await bad([{ id: 'a b', method: 'GET', endpoint: '/report' }])).toHaveProperty(['requests.a b.id'])
    expect(await bad([{ id: 'a', method: 'PUT', endpoint: '/report' }])).toHaveProperty(['requests.a.method'])
    expect(await bad([{ id: 'a', method: 'GET', endpoint: '/../../v1/keys' }])).toHaveProperty(['requests.a.endpoint'])
    expect(await bad([{ id: 'a', method: 'POST', endpoint: '/batch' }])).toHaveProperty(['requests.a.endpoint'])
    const unknown = await ask(key, 'POST', '/batch', {
      requests: [{ id: 'a', method: 'GET', endpoint: '/report/{b}' }],
    })
    expect(unknown.body).toMatchObject({ responses: [{ status: 400, message: expect.stringContaining('{b}') }] })
  })
})
