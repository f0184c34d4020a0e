import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import createFetchClient from 'openapi-fetch'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../../until.ts'
import { startWorld, type World } from '../../world.ts'
import type { paths } from './nevis.gen.ts'
import { askNevis } from './setting.ts'

const now = Date.UTC(2026, 4, 31, 12)
const at = (minutesAgo: number): string => new Date(now - minutesAgo * 60_000).toISOString()

/** Nevis's own example, with a member that nobody knows and a number that JavaScript would round. */
const reset = `{
  "actor": { "loginId": "abigail@example.com", "userAgent": "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:102.0) Gecko/20100101 Firefox/102.0", "id": "c3fe8690-46ab-427a-aeb4-91a506f903a9", "type": "user" },
  "eventId": "4b2a2eb5-feaf-11ec-8119-000d3aabaf4b", "name": "user.password.reset", "description": "User password reset",
  "user": { "firstName": "Abigail", "lastName": "Mackay", "loginId": "abigail@example.com", "id": "c3fe8690-46ab-427a-aeb4-91a506f903a9", "languageCode": "en", "state": "active", "properties": { "preferredContactChannel": "email", "mother\\u0027s name": "Gr\\u00fcn\\"baum\\\\" } },
  "timestamp": "${at(10)}", "status": "succeeded", "somethingNew": 9007199254740993.10
}`

const failed = JSON.stringify({
  eventId: '62143bf4-fdd3-11ec-811b-6045bd95012c',
  name: 'user.recovery_codes.verified',
  timestamp: at(20),
  status: 'failed',
  actor: { id: 'u-2', loginId: '+41 79 123 45 67', type: 'user', userAgent: '=HYPERLINK("http://evil")' },
  user: { id: 'u-2', loginId: '+41 79 123 45 67', lastName: 'O\'Neil, "Shaq"', state: 'active' },
  recoveryCodes: { failedReason: 'invalidInput' },
})

const others = [
  {
    event_name: 'login',
    event_id: 'n-1',
    timestamp: at(30),
    user_id: 'bob',
    login_id: 'bob@example.com',
    outcome: 'failure',
    application: 'wiki',
  },
  {
    event_name: 'user.deleted',
    event_id: 'n-2',
    timestamp: at(40),
    user_id: 'ann',
    actor_id: 'root',
    actor_type: 'admin',
    outcome: 'success',
  },
  {
    event_name: 'Tür geöffnet',
    event_id: 'n-3',
    timestamp: at(50),
    user_firstname: 'Jörg',
    note: { deep: ['STRASSE 100%'] },
  },
  { event_name: 'user.updated', event_id: 'n-4', timestamp: at(45 * 24 * 60), user_id: 'old' },
]

let world: World
let key: string
const client = (of = key) =>
  createFetchClient<paths>({ baseUrl: world.url, headers: { authorization: `Bearer ${of}` } })

beforeAll(async () => {
  world = await startWorld({}, { now: () => now })
  const realm = await world.realm()
  key = await world.apiKey(realm)
  const path = `/v1/realms/${realm.tenantId}/${realm.communityId}/events`
  const lines = [reset.replaceAll('\n', ' '), failed, ...others.map((event) => JSON.stringify(event))].join('\n')
  const sent = await fetch(`${world.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson' },
    body: lines,
  })
  expect(await sent.json()).toMatchObject({ accepted: 6, refused: 0 })
  const elsewhere = await world.realm()
  await world.call('POST', `/v1/realms/${elsewhere.tenantId}/${elsewhere.communityId}/events`, others)
  const licence = await world.licence(realm, 'community')
  expect(licence).not.toBe('')
})
afterAll(() => world?.[Symbol.asyncDispose]())

const ids = async (
  query: NonNullable<paths['/nevis/api/v1/events']['get']['parameters']['query']>,
): Promise<string[]> => {
  const { data, error } = await client().GET('/nevis/api/v1/events', { params: { query } })
  expect(error).toBeUndefined()
  expect(data?.count).toBe(data?.events.length)
  return data?.events.map(({ eventId }) => eventId.slice(0, 4)) ?? []
}

describe('log events', () => {
  it('come newest first, of the last thirty days, and only of the realm', async () => {
    expect(await ids({})).toEqual(['4b2a', '6214', 'n-1', 'n-2', 'n-3'])
    expect(await ids({ timespan: 'P2M' })).toEqual(['4b2a', '6214', 'n-1', 'n-2', 'n-3', 'n-4'])
  })

  it('come back as they were sent when they were sent in this form', async () => {
    const { text } = await askNevis(world, '/events/4b2a2eb5-feaf-11ec-8119-000d3aabaf4b', { key })
    expect(text).toBe(reset.replaceAll('\n', ' '))
  })

  it('of other dialects have actor, user, status, name and description in this form', async () => {
    const { data } = await client().GET('/nevis/api/v1/events', { params: { query: { offset: 2, limit: 2 } } })
    expect(data).toEqual({
      count: 5,
      events: [
        {
          eventId: 'n-1',
          name: 'login',
          description: 'User logged in',
          timestamp: '2026-05-31T11:30:00.000Z',
          status: 'failed',
          actor: { id: 'bob', loginId: 'bob@example.com', type: 'user' },
          user: { id: 'bob', loginId: 'bob@example.com' },
          application: { id: 'wiki' },
        },
        {
          eventId: 'n-2',
          name: 'user.deleted',
          description: 'User deleted',
          timestamp: '2026-05-31T11:20:00.000Z',
          status: 'succeeded',
          actor: { id: 'root', type: 'admin' },
          user: { id: 'ann' },
        },
      ],
    })
  })

  it('are counted whatever the page; a page past the end is empty', async () => {
    for (const offset of [6, 99_999_999, 9_007_199_254_740_991]) {
      const { data } = await client().GET('/nevis/api/v1/events', { params: { query: { offset, limit: 1_000 } } })
      expect(data).toEqual({ count: 5, events: [] })
    }
  })

  it.each([
    ['a last name in other letters', { filter: 'mACKAY' }, ['4b2a']],
    ['a part of the user agent', { filter: 'gecko/2010' }, ['4b2a']],
    ['an escaped letter in a property', { filter: 'GRÜN"BAUM\\' }, ['4b2a']],
    ['the name of a property, which is no text of it', { filter: 'preferredContactChannel' }, []],
    ['a sharp s as two', { filter: 'straße 100%' }, ['n-3']],
    ['signs that mean something to a search', { filter: '1__%' }, []],
    ['one letter', { filter: 'ö' }, ['n-3']],
    ['a sentence that the server says', { filter: 'logged in' }, ['n-1']],
    ['a status that the server says', { filter: 'FAILED' }, ['6214', 'n-1']],
    ['who acts', { filter: 'admin' }, ['n-2']],
    ['a time', { filter: '2026-05-31T11:20' }, ['n-2']],
    ['an id', { filter: 'feaf-11ec' }, ['4b2a']],
    ['a description', { filter: 'password reset', filterType: 'description' }, ['4b2a']],
    ["a description that is the sender's name", { filter: 'GEÖFFNET', filterType: 'description' }, ['n-3']],
    ['a description and not a user', { filter: 'abigail', filterType: 'description' }, []],
    ['a login id', { filter: 'example.com', filterType: 'loginId' }, ['4b2a', 'n-1']],
    ['a user id, of who acts as well', { filter: 'ROOT', filterType: 'userId' }, ['n-2']],
    ['a user id and not a login', { filter: 'bob@', filterType: 'userId' }, []],
    ['what failed', { status: 'failed' }, ['6214', 'n-1']],
    ['what succeeded and holds a text', { status: 'succeeded', filter: 'user' }, ['4b2a', 'n-2', 'n-3']],
    ['from a date on, included', { fromDate: at(20) }, ['4b2a', '6214']],
    ['until a date, included, from the beginning', { toDate: at(50) }, ['n-3', 'n-4']],
    [
      'between two dates with another offset',
      { fromDate: '2026-05-31T13:20:00+02:00', toDate: '2026-05-31T11:30:00Z' },
      ['n-1', 'n-2'],
    ],
    ['the last quarter of an hour', { timespan: 'PT15M' }, ['4b2a']],
    ['a filter type without a filter', { filterType: 'userId', timespan: 'PT15M' }, ['4b2a']],
  ] as const)('are found by %s', async (_, query, expected) => {
    expect(await ids(query)).toEqual(expected)
  })

  it('match when some text of what is answered or was sent holds the filter, and only then', async () => {
    const { data } = await client().GET('/nevis/api/v1/events', { params: { query: { timespan: 'P1Y' } } })
    const sent = new Map<string, unknown>(others.map((event) => [event.event_id, event]))
    const texts = (value: unknown): string[] =>
      typeof value === 'string'
        ? [value]
        : typeof value === 'object' && value !== null
          ? Object.values(value).flatMap(texts)
          : []
    for (const filter of [
      'e',
      'U',
      '0',
      '1',
      '.',
      'ö',
      'o',
      '1:2',
      'user',
      'n-',
      '@',
      'Z',
      'api',
      'succeeded',
      'root',
      '%',
      '_',
      ' ',
      'delete',
    ]) {
      const expected = data?.events.filter((event) =>
        texts([event, sent.get(event.eventId)]).some((text) => text.toLowerCase().includes(filter.toLowerCase())),
      )
      expect([filter, await ids({ filter, timespan: 'P1Y' })]).toEqual([
        filter,
        expected?.map(({ eventId }) => eventId.slice(0, 4)),
      ])
    }
  })

  it('are exported with the columns of the vendor, quoted, and without formulas', async () => {
    const { status, headers, text } = await askNevis(world, `/events/export?offset=x&toDate=${at(20)}`, { key })
    expect([status, headers['content-type'], headers['content-disposition']]).toEqual([
      200,
      'application/octet-stream',
      'attachment; filename=logs-export.csv',
    ])
    expect(text).toBe(
      [
        'eventId,timestamp,name,status,actor.type,actor.id,user.id,accessKey.id,accessKey.name,actor.loginId,actor.userAgent,application.id,application.name,user.firstName,user.lastName,user.loginId,user.state,user.languageCode',
        '62143bf4-fdd3-11ec-811b-6045bd95012c,2026-05-31T11:40:00.000Z,user.recovery_codes.verified,failed,user,u-2,u-2,,,\'+41 79 123 45 67,"\'=HYPERLINK(""http://evil"")",,,,"O\'Neil, ""Shaq""",\'+41 79 123 45 67,active,',
        'n-1,2026-05-31T11:30:00.000Z,login,failed,user,bob,bob,,,bob@example.com,,wiki,,,,bob@example.com,,',
        'n-2,2026-05-31T11:20:00.000Z,user.deleted,succeeded,admin,root,ann,,,,,,,,,,,',
        'n-3,2026-05-31T11:10:00.000Z,Tür geöffnet,succeeded,user,,,,,,,,,,,,,',
        'n-4,2026-04-16T12:00:00.000Z,user.updated,succeeded,user,old,old,,,,,,,,,,,',
        '',
      ].join('\r\n'),
    )
  })
})

it('more events than a batch are exported, each once, and a page far in is found', { timeout: 60_000 }, async () => {
  const realm = await world.realm()
  const own = await world.apiKey(realm)
  const many = Array.from(
    { length: 5_000 },
    (_, n) => `{"event_name":"login","event_id":"m${n}","timestamp":"${at(n % 7)}"}`,
  )
  for (let from = 0; from < many.length; from += 1_000)
    await fetch(`${world.url}/v1/realms/${realm.tenantId}/${realm.communityId}/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${own}`, 'content-type': 'application/x-ndjson' },
      body: many.slice(from, from + 1_000).join('\n'),
    })
  // A busy machine takes longer than a question waits.
  await until(
    async () => (await askNevis(world, '/events?limit=1', { key: own })).headers['rollcall-incomplete'] === undefined,
  )
  const { text } = await askNevis(world, '/events/export', { key: own })
  const lines = text.trimEnd().split('\r\n').slice(1)
  expect(new Set(lines.map((line) => line.split(',')[0])).size).toBe(5_000)
  expect(lines.length).toBe(5_000)
  const { data } = await client(own).GET('/nevis/api/v1/events', { params: { query: { offset: 500, limit: 10 } } })
  expect([data?.count, data?.events.map(({ eventId }) => eventId)]).toEqual([
    5_000,
    lines.slice(-10).map((line) => line.split(',')[0]),
  ])
})

it('the client of this surface is the one that its document makes', async () => {
  const root = join(import.meta.dirname, '../../../..')
  const made = spawnSync('node_modules/.bin/openapi-typescript', ['../server/openapi/nevis.json'], {
    cwd: join(root, 'client'),
    encoding: 'utf8',
  })
  expect(made.stdout).toBe(await readFile(join(import.meta.dirname, 'nevis.gen.ts'), 'utf8'))
})
