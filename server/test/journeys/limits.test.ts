import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Client, connect } from '../surfaces/onekosmos/client.ts'
import { until } from '../until.ts'
import { startWorld, type World } from '../world.ts'
import { native, pathOf, type RealmIds } from './native.ts'

interface Refused {
  readonly detail?: string
  readonly message?: string
  readonly issues?: readonly { readonly name: string; readonly message: string }[]
  readonly errors?: readonly { readonly param: string; readonly message: string }[]
}

/** What a refusal says, without knowing the surface: the fields that it names and everything that a person reads. */
const saidBy = (json: unknown): { readonly names: readonly string[]; readonly words: string } => {
  const { detail = '', message = '', issues = [], errors = [] } = json as Refused
  return {
    names: [...issues.map(({ name }) => name), ...errors.map(({ param }) => param)],
    words: [detail, message, ...issues.map((issue) => issue.message), ...errors.map((error) => error.message)].join(
      ' ',
    ),
  }
}

const HOUR_MS = 3_600_000

describe('an event beyond a limit', () => {
  let world: World
  let realm: RealmIds
  let onekosmos: Client
  beforeAll(async () => {
    world = await startWorld({
      ROLLCALL_EVENT_BYTES: '2048',
      ROLLCALL_EVENT_DEPTH: '4',
      ROLLCALL_EVENT_KEYS: '12',
      ROLLCALL_EVENT_NAME_LENGTH: '24',
      ROLLCALL_EVENT_OLDEST_YEAR: '2001',
      ROLLCALL_EVENT_AHEAD_HOURS: '2',
    })
    realm = await world.realm()
    onekosmos = await connect({ service: `${world.url}/events`, licence: await world.licence(realm, 'community') })
  })
  afterAll(() => world?.[Symbol.asyncDispose]())

  const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`key${n}`, n]))
  const at = (ms: number) => new Date(ms).toISOString()

  test.each([
    {
      what: 'its bytes',
      most: { a: 'x'.repeat(1_900) },
      more: { a: 'x'.repeat(2_048) },
      name: '',
      words: '2048 bytes',
    },
    { what: 'its depth', most: { a: { b: [1] } }, more: { a: { b: [{ c: [1] }] } }, name: '', words: '4 levels' },
    { what: 'its keys', most: keys(9), more: keys(13), name: '', words: '12 keys' },
    {
      what: 'the length of a key',
      most: { ['k'.repeat(24)]: 1 },
      more: { ['k'.repeat(25)]: 1 },
      name: 'k'.repeat(25),
      words: '24 characters',
    },
    {
      what: 'its year',
      most: { timestamp: '2001-01-01T00:00:00Z' },
      more: { timestamp: '2000-12-31T23:59:59Z' },
      name: 'timestamp',
      words: '2001-01-01',
    },
    {
      what: 'its hours ahead of the clock',
      most: { timestamp: at(Date.now() + HOUR_MS) },
      more: { timestamp: at(Date.now() + 3 * HOUR_MS) },
      name: 'timestamp',
      words: '2 hours ahead',
    },
  ])('in $what is refused by each dialect, naming what is wrong', async ({ most, more, name, words }) => {
    const call = native(world.url)
    const path = `${pathOf(realm)}/events`
    expect((await call('POST', path, { event_name: 'x', ...most })).status).toBe(200)
    expect((await onekosmos.putEvent(realm, 'E_X', { type: 'event', ...most })).status).toBe(200)
    const refused = await call('POST', path, { event_name: 'x', ...more })
    const put = await onekosmos.putEvent(realm, 'E_X', { type: 'event', ...more })
    for (const [reply, whole] of [
      [refused, ''],
      [put, 'data'],
    ] as const) {
      expect(reply.status).toBe(400)
      const said = saidBy(reply.json)
      expect(said.names).toEqual([name || whole])
      expect(said.words).toContain(words)
      expect(said.words).not.toContain('ROLLCALL')
    }
  })

  test('in its own name is refused by each dialect', async () => {
    const long = 'n'.repeat(25)
    const refused = await native(world.url)('POST', `${pathOf(realm)}/events`, { event_name: long })
    expect([refused.status, saidBy(refused.json)]).toMatchObject([400, { names: ['event_name'] }])
    expect(saidBy(refused.json).words).toContain('24 characters')
    const put = await onekosmos.putEvent(realm, long, { type: 'event' })
    expect([put.status, saidBy(put.json)]).toMatchObject([400, { names: ['eventName'] }])
    expect(saidBy(put.json).words).toContain('24 characters')
  })

  test('is refused alone: the others of its batch are taken', async () => {
    const batch = [{ event_name: 'x' }, { event_name: 'x', timestamp: '1999-01-01' }, { event_name: 'x' }]
    const answer = await native(world.url)('POST', `${pathOf(realm)}/events`, batch)
    expect([answer.status, answer.json]).toMatchObject([
      200,
      { accepted: 2, refused: 1, results: [{}, { index: 1, outcome: 'refused', issues: [{ name: 'timestamp' }] }, {}] },
    ])
  })
})

describe('a request beyond a limit', () => {
  let world: World
  let realm: RealmIds
  beforeAll(async () => {
    world = await startWorld({ ROLLCALL_BODY_BYTES: '65536', ROLLCALL_BATCH_EVENTS: '5' })
    realm = await world.realm()
  })
  afterAll(() => world?.[Symbol.asyncDispose]())

  test('in its body is told how much may be sent at a time', async () => {
    const call = native(world.url)
    const large = 'x'.repeat(70_000)
    const sent = [
      await call('POST', `${pathOf(realm)}/events`, { event_name: 'x', large }),
      await call('POST', '/keys', { kind: 'api', name: large }),
      await call('POST', `${pathOf(realm)}/reports/login-activity`, { filter: { user_id: large } }),
    ]
    const onekosmos = await connect({
      service: `${world.url}/events`,
      licence: await world.licence(realm, 'community'),
    })
    sent.push(await onekosmos.putEvent(realm, 'E_X', { type: 'event', large }))
    for (const reply of sent) {
      expect(reply.status).toBe(413)
      expect(saidBy(reply.json).words).toContain('65536 bytes')
      expect(reply.text).not.toContain('ROLLCALL')
    }
  })

  test('in the events of an array is told what to send instead; a stream of lines may be longer', async () => {
    const call = native(world.url)
    const events = Array.from({ length: 6 }, () => ({ event_name: 'x' }))
    expect((await call('POST', `${pathOf(realm)}/events`, events.slice(1))).json).toMatchObject({ accepted: 5 })
    const refused = await call('POST', `${pathOf(realm)}/events`, events)
    expect([refused.status, saidBy(refused.json).words]).toEqual([413, expect.stringContaining('more than 5 events')])
    expect(saidBy(refused.json).words).toContain('application/x-ndjson')
    const lines = events.map((event) => JSON.stringify(event)).join('\n')
    const streamed = await call('POST', `${pathOf(realm)}/events`, lines, { 'content-type': 'application/x-ndjson' })
    expect(streamed.json).toMatchObject({ accepted: 6 })
  })
})

describe('an inbox that is full', () => {
  /** Sends while the engine stands still, so that what was sent waits. */
  const whileEngineStands = async (world: World, work: () => Promise<void>): Promise<void> => {
    const engine = world.rollcall.enginePid()
    if (engine === undefined) throw new Error('The server has no engine of its own')
    process.kill(engine, 'SIGSTOP')
    try {
      await work()
    } finally {
      process.kill(engine, 'SIGCONT')
    }
  }

  test.each([
    { what: 'events', set: { ROLLCALL_INBOX_EVENTS: '1000' }, size: 10, words: 'as many waiting events' },
    { what: 'bytes', set: { ROLLCALL_INBOX_BYTES: '1048576' }, size: 20_000, words: 'as many waiting bytes' },
  ])('of $what refuses with 503 until the store has taken some', async ({ set, size, words }) => {
    await using world = await startWorld(set)
    const realm = await world.realm()
    const onekosmos = await connect({
      service: `${world.url}/events`,
      licence: await world.licence(realm, 'community'),
    })
    const send = () =>
      native(world.url)(
        'POST',
        `${pathOf(realm)}/events`,
        Array.from({ length: 50 }, () => ({ event_name: 'x', text: 'y'.repeat(size) })),
      )
    await whileEngineStands(world, async () => {
      let reply = await send()
      expect(reply.status).toBe(200)
      while (reply.status === 200) reply = await send()
      expect([reply.status, reply.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^[1-9]\d*$/)])
      expect(saidBy(reply.json).words).toContain(words)
      expect(reply.text).not.toContain('ROLLCALL')
      const putOne = () => onekosmos.putEvent(realm, 'E_X', { type: 'event', text: 'y'.repeat(size) })
      let put = await putOne()
      while (put.status === 200) put = await putOne()
      expect([put.status, put.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^[1-9]\d*$/)])
      expect(saidBy(put.json).words).toContain(words)
    })
    await until(async () => (await onekosmos.putEvent(realm, 'E_X', { type: 'event' })).status === 200)
  })

  test('since the disk is full refuses with 503 and says what to do', async () => {
    await using world = await startWorld({ ROLLCALL_INBOX_FREE_DISK: '1099511627776' })
    const realm = await world.realm()
    const reply = await native(world.url)('POST', `${pathOf(realm)}/events`, { event_name: 'x' })
    expect([reply.status, reply.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^[1-9]\d*$/)])
    expect(saidBy(reply.json).words).toContain('free some')
  })
})
