import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { StoredEvent } from '../../src/core/event.ts'
import { and, column, equals, type Filter, matches, not } from '../../src/core/filter.ts'
import { mintRealm, type Realm } from '../../src/core/realm.ts'
import type { Row } from '../../src/core/table.ts'
import type { Window } from '../../src/core/window.ts'
import { systemSessions } from '../../src/reports/sessions/system-sessions.ts'
import { event, lines, openWorld, question, time, type World } from './events-engine.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world?.[Symbol.asyncDispose]())

const word = fc.constantFrom(undefined, 'a', 'b')
const anEvent = fc.record({
  event_ts: fc.integer({ min: time, max: time + 40 }),
  action: fc.constantFrom(
    ...['session.started', 'session.finished', 'session.approved', 'session.declined', 'session.shared'],
    ...['session.joined', 'session.terminated', 'login'],
  ),
  session_id: fc.constantFrom('', 's1', 's2', 's3'),
  user_id: fc.constantFrom('', 'ada', 'bob'),
  actor_id: fc.constantFrom('', 'eve'),
  reason: fc.constantFrom('', 'patch'),
  said: fc.record({
    protocol: fc.constantFrom(undefined, 'SSH', 'rdp'),
    subprotocol: word,
    server_id: fc.constantFrom(undefined, 'web', 1224979098644774),
    account_id: word,
    safe_id: word,
    listener_id: word,
    retention_locked: fc.constantFrom(undefined, true, false),
    approval_required: fc.constantFrom(undefined, true),
  }),
})

type Said = Readonly<Record<string, string | number | boolean | undefined>>

/** What became of a session, folded without the engine. */
const foldSession = (events: readonly StoredEvent[]): Row => {
  const sorted = [...events].sort((a, b) => a.event_ts - b.event_ts || (a.event_id < b.event_id ? -1 : 1))
  const latest = (value: (one: StoredEvent, said: Said) => unknown): string =>
    sorted.map((one) => String(value(one, JSON.parse(one.raw) as Said) ?? '')).findLast((text) => text !== '') ?? ''
  const starts = sorted.filter(({ action }) => action === 'session.started')
  const end = sorted.findLast(({ action }) => action === 'session.finished' || action === 'session.terminated')
  const decision = sorted.findLast(({ action }) => action === 'session.approved' || action === 'session.declined')
  const created = (starts[0] ?? sorted[0])?.event_ts ?? 0
  const pending = latest((_, said) => said.approval_required) === 'true' ? 'pending' : 'active'
  const state = end ? (end.action === 'session.terminated' ? 'terminated' : 'finished') : pending
  return {
    id: sorted[0]?.session_id ?? '',
    created_at: created,
    finished_at: end?.event_ts ?? null,
    duration: end ? Math.max(0, end.event_ts - created) / 1000 : null,
    user_id: latest((one) => one.user_id),
    server_id: latest((_, said) => said.server_id),
    server: latest((_, said) => said.server_id),
    account_id: latest((_, said) => said.account_id),
    account: latest((_, said) => said.account_id),
    safe_id: latest((_, said) => said.safe_id),
    safe: latest((_, said) => said.safe_id),
    listener_id: latest((_, said) => said.listener_id),
    listener: latest((_, said) => said.listener_id),
    protocol: latest((_, said) => said.protocol).toLowerCase(),
    subprotocol: latest((_, said) => said.subprotocol),
    status: decision ? decision.action.slice('session.'.length) : state,
    approved_by: decision?.action === 'session.approved' ? decision.actor_id : '',
    reason: latest((one) => one.reason),
    shared: sorted.some(({ action }) => action === 'session.shared'),
    retention_locked: latest((_, said) => said.retention_locked) === 'true',
  }
}

const ask = async (realm: Realm, filter?: Filter, window?: Window): Promise<readonly Row[]> => {
  const answer = await world.store.ask(
    realm,
    question({
      report: systemSessions,
      order: ['id'],
      ...(filter ? { filter } : {}),
      ...(window ? { window } : {}),
    }),
  )
  return answer.rows
}

test('a session is what its events say, however late, repeated and out of order they come', {
  timeout: 120_000,
}, async () => {
  let run = 0
  await fc.assert(
    fc.asyncProperty(
      fc
        .array(anEvent, { minLength: 1, maxLength: 40 })
        .chain((parts) =>
          fc.tuple(fc.constant(parts), fc.shuffledSubarray([...parts.keys()], { minLength: parts.length }), fc.nat(5)),
        ),
      async ([parts, shuffled, again]) => {
        const realm = mintRealm(`folded ${run++}`, 'main')
        const events = parts.map(({ said, ...part }, at) =>
          event({ realm, event_id: `e${String(at).padStart(3, '0')}`, ...part, raw: JSON.stringify(said) }),
        )
        const sent = [...shuffled, ...shuffled.slice(0, again)].flatMap((at) => events[at] ?? [])
        const half = Math.ceil(sent.length / 2)
        await world.store.insert(lines(sent.slice(0, half)), `folded-${run}-1`)
        await world.store.insert(lines(sent.slice(half), half + 1), `folded-${run}-2`)
        await world.store.insert(lines(sent.slice(half), half + 1), `folded-${run}-2`)
        const told = events.filter((one) => one.session_id !== '' && one.action.startsWith('session.'))
        const expected = [...Map.groupBy(told, (one) => one.session_id)]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([, group]) => foldSession(group))
        expect(await ask(realm)).toEqual(expected)
        const window = { from: time + 10, to: time + 20 }
        const within = ({ created_at }: Row) => Number(created_at) >= window.from && Number(created_at) <= window.to
        expect(await ask(realm, undefined, window)).toEqual(expected.filter(within))
      },
    ),
    { numRuns: 8 },
  )
})

test('a filter looks at what became of the session, and null is never more or less', async () => {
  const realm = mintRealm('filtered sessions', 'main')
  const tell = (event_id: string, action: string, session_id: string, ms: number, said: Said = {}) =>
    event({ realm, event_id, action, session_id, event_ts: time + ms, raw: JSON.stringify(said) })
  await world.store.insert(
    lines([
      tell('1', 'session.started', 'done', 0, { protocol: 'SSH', retention_locked: true }),
      tell('2', 'session.approved', 'done', 1),
      tell('3', 'session.finished', 'done', 5_000),
      tell('4', 'session.started', 'live', 0, { protocol: 'rdp' }),
    ]),
    'filtered-sessions',
  )
  const found = async (filter: Filter) => (await ask(realm, filter)).map((row) => row.id)
  const finished = column('finished_at')
  expect(await found({ is: 'null', field: finished })).toEqual(['live'])
  expect(await found({ is: 'atLeast', field: finished, value: time })).toEqual(['done'])
  expect(await found(not({ is: 'greater', field: finished, value: 0 }))).toEqual(['live'])
  expect(await found(equals(finished, time + 5_000))).toEqual(['done'])
  expect(await found({ is: 'atLeast', field: column('duration'), value: 4.5 })).toEqual(['done'])
  expect(await found(equals(column('retention_locked'), true))).toEqual(['done'])
  expect(await found(not(equals(column('retention_locked'), true)))).toEqual(['live'])
  expect(await found(and(equals(column('active'), true), matches(column('protocol'), ['R', 'P'], true)))).toEqual([
    'live',
  ])
  expect(await found(equals(column('status'), 'approved'))).toEqual(['done'])
})
