import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adminKey, startWorld, type World } from '../../world.ts'

let world: World
let realm: { tenantId: string; communityId: string }
let path: string
const start = Date.now() - 3_600_000

/** Forty events, one a second, of four users; every fifth fails. */
const events = Array.from({ length: 40 }, (_, at) => ({
  event_name: at % 2 === 0 ? 'login.attempt' : 'login',
  event_id: `e-${String(at).padStart(2, '0')}`,
  timestamp: new Date(start + Math.floor(at / 2) * 1_000).toISOString(),
  user_id: ['ann', 'bob', 'cem', "d'or"][at % 4],
  application: at < 20 ? 'wiki' : 'mail',
  outcome: at % 5 === 0 ? 'failure' : 'success',
  nested: { at, even: at % 2 === 0, label: `n${at}` },
}))

beforeAll(async () => {
  world = await startWorld()
  realm = await world.realm()
  path = `/v1/realms/${realm.tenantId}/${realm.communityId}`
  expect((await world.call('POST', `${path}/events`, events)).status).toBe(200)
  const other = await world.realm()
  await world.call('POST', `/v1/realms/${other.tenantId}/${other.communityId}/events`, events)
})
afterAll(async () => {
  await world[Symbol.asyncDispose]()
})

interface Page {
  readonly events: readonly { readonly event_id: string }[]
  readonly cursor: string | null
}

const search = async (
  query: Record<string, string>,
): Promise<{ status: number; body: Page & { issues?: { name: string }[] } }> => {
  const answer = await world.call('GET', `${path}/events?${new URLSearchParams(query)}`)
  return answer as never
}
const idsOf = async (filter: object): Promise<string[]> => {
  const { status, body } = await search({ filter: JSON.stringify(filter), order: 'oldest', limit: '1000' })
  expect([status, body.issues]).toEqual([200, undefined])
  return body.events.map((event) => event.event_id)
}
const expected = (keep: (event: (typeof events)[number]) => boolean): string[] =>
  events.filter(keep).map((event) => event.event_id)

describe('searching events', () => {
  it('walks every event once, page by page, in either order', async () => {
    for (const order of ['newest', 'oldest']) {
      const seen: string[] = []
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const { status, body } = await search({ order, limit: '7', ...(cursor ? { cursor } : {}) })
        expect(status).toBe(200)
        seen.push(...body.events.map((event) => event.event_id))
        cursor = body.cursor
      }
      const all = expected(() => true)
      expect(seen).toEqual(order === 'newest' ? all.toReversed() : all)
    }
  })

  it.each([
    ['a user', { user_id: 'ann' }, (event: (typeof events)[number]) => event.user_id === 'ann'],
    ['a text with a quote', { user_id: "d'or" }, (event) => event.user_id === "d'or"],
    ['one of several', { user_id: ['ann', 'cem'] }, (event) => event.user_id === 'ann' || event.user_id === 'cem'],
    ['anything but', { outcome: { ne: 'success' } }, (event) => event.outcome === 'failure'],
    ['none of', { user_id: { not_in: ['ann', 'bob'] } }, (event) => !['ann', 'bob'].includes(event.user_id ?? '')],
    [
      'two things at once',
      { user_id: 'ann', application: 'wiki' },
      (e) => e.user_id === 'ann' && e.application === 'wiki',
    ],
    ['either', { or: [{ user_id: 'ann' }, { user_id: 'bob' }] }, (e) => e.user_id === 'ann' || e.user_id === 'bob'],
    ['not', { not: { application: 'wiki' } }, (event) => event.application !== 'wiki'],
    ['a number inside', { 'nested.at': 7 }, (event) => event.nested.at === 7],
    ['a range inside', { 'nested.at': { gt: 3, lte: 6 } }, (event) => event.nested.at > 3 && event.nested.at <= 6],
    ['a flag inside', { 'nested.even': true }, (event) => event.nested.even],
    ['a text inside', { 'nested.label': { starts_with: 'n1' } }, (event) => event.nested.label.startsWith('n1')],
    ['a part of a text', { application: { contains: 'ik' } }, (event) => event.application === 'wiki'],
    ['an action', { action: 'login' }, (event) => event.event_name === 'login'],
    ['what is absent', { 'nested.no': { exists: false } }, () => true],
    ['what is nowhere', { 'nested.no': 1 }, () => false],
    ['SQL, as text', { user_id: "' OR 1=1 --" }, () => false],
    ['SQL, as a name', { "x') OR 1=1 --": 1 }, () => false],
  ] as [string, object, (event: (typeof events)[number]) => boolean][])('finds %s', async (_, filter, keep) => {
    expect(await idsOf(filter)).toEqual(expected(keep))
  })

  it('keeps to the window, both ends included', async () => {
    const from = new Date(start + 5_000).toISOString()
    const { body } = await search({ from, to: String(start + 6_000), order: 'oldest' })
    expect(body.events.map((event) => event.event_id)).toEqual(['e-10', 'e-11', 'e-12', 'e-13'])
  })

  it.each([
    [{ limit: '0' }, 'limit'],
    [{ limit: '1001' }, 'limit'],
    [{ limit: 'many' }, 'limit'],
    [{ order: 'random' }, 'order'],
    [{ cursor: 'AAAA' }, 'cursor'],
    [{ from: 'yesterday' }, 'from'],
    [{ from: '2026-02-02', to: '2026-02-01' }, 'to'],
    [{ filter: '{' }, 'filter'],
    [{ page: '2' }, 'page'],
  ])('refuses %j naming the parameter', async (query, name) => {
    const { status, body } = await search(query as never)
    expect([status, body.issues?.map((issue) => issue.name)]).toEqual([400, [name]])
  })
})

describe('reports', () => {
  it('are listed with their parameters and columns', async () => {
    const { body } = await world.call('GET', '/v1/reports')
    const { reports } = body as { reports: { id: string; columns: { name: string; kind: string }[] }[] }
    const usage = reports.find((report) => report.id === 'application-usage')
    expect(usage?.columns).toContainEqual({ name: 'application', label: 'Application', kind: 'text', nullable: false })
  })

  it('run and answer typed columns, rows, the total and the window', async () => {
    const from = new Date(start - 1_000).toISOString()
    const answer = await world.call('POST', `${path}/reports/application-usage`, {
      from,
      order: ['application', '-user_id'],
      page: { size: 3 },
    })
    expect(answer.status).toBe(200)
    const table = answer.body as {
      rows: Record<string, unknown>[]
      total: number
      window: { from: string; to: string }
      columns: { name: string }[]
    }
    expect(table.total).toBe(4)
    expect(table.rows.map((row) => [row.application, row.user_id])).toEqual([
      ['mail', 'cem'],
      ['mail', 'ann'],
      ['wiki', 'cem'],
    ])
    expect(table.rows.every((row) => typeof row.latest_login === 'number')).toBe(true)
    expect(Object.keys(table.rows[0] ?? {})).toEqual(table.columns.map((column) => column.name))
    expect(table.window.from).toBe(from)
  })

  it('take a filter, and every report answers without a body', async () => {
    const filtered = await world.call('POST', `${path}/reports/application-usage`, { filter: { user_id: 'ann' } })
    expect((filtered.body as { total: number }).total).toBe(2)
    const { reports } = (await world.call('GET', '/v1/reports')).body as {
      reports: { id: string; params: { required?: string[] } }[]
    }
    for (const report of reports.filter((one) => (one.params.required ?? []).length === 0)) {
      const response = await fetch(`${world.url}${path}/reports/${report.id}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${adminKey}` },
      })
      expect([report.id, response.status, await response.json()]).toMatchObject([
        report.id,
        200,
        { rows: expect.anything() },
      ])
    }
  })

  it.each([
    [{ order: ['colour'] }, 'order'],
    [{ params: { colour: 'red' } }, 'params.colour'],
    [{ page: { size: 0 } }, 'page.size'],
    [{ page: { skip: -1 } }, 'page.skip'],
    [{ from: 'x' }, 'from'],
    [{ filter: { user_id: 1 } }, 'user_id'],
    [{ colour: 'red' }, 'colour'],
  ])('refuse %j naming the field', async (body, name) => {
    const answer = await world.call('POST', `${path}/reports/application-usage`, body)
    expect([answer.status, (answer.body as { issues: { name: string }[] }).issues?.map((issue) => issue.name)]).toEqual(
      [400, [name]],
    )
  })

  it('that do not exist answer 404', async () => {
    expect((await world.call('POST', `${path}/reports/weather`, {})).status).toBe(404)
    expect((await world.call('POST', `/v1/realms/no/where/reports/application-usage`, {})).status).toBe(404)
  })
})
