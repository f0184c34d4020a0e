import { mintRealm, type Realm } from '../../src/core/realm.ts'
import { type Mover, type MoverOptions, startMover } from '../../src/jobs/mover.ts'
import type { EventStore } from '../../src/ports/events.ts'
import type { Inbox, InboxEntry } from '../../src/ports/inbox.ts'
import { encodeRow, numberRow } from '../../src/storage/clickhouse/rows.ts'
import { entry } from '../contract/engines.ts'
import { event, type World } from '../contract/events-engine.ts'
import { until } from '../until.ts'

export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS

let realms = 0
export const newRealm = (): Realm => mintRealm(`mover-${++realms}`, 'main')

/** One event on its way in, as ingest would hand it to the inbox. */
export const sent = (realm: Realm, id: string, at: number, body = 'first'): InboxEntry =>
  entry(realm, id, {
    body,
    eventTs: at,
    row: encodeRow(
      event({
        realm,
        event_id: id,
        event_ts: at,
        received_ts: at,
        local_hour: Math.floor(at / HOUR_MS),
        user_id: `user of ${id}`,
        session_id: `session ${id.length}`,
        raw: JSON.stringify({ body }),
      }),
    ),
  })

/** An event whose row the store can never take, since its hour is a word. */
export const poisonous = (realm: Realm, id: string, at: number): InboxEntry => {
  const good = sent(realm, id, at)
  return { ...good, row: good.row.replace(/"local_hour":-?\d+/, '"local_hour":"noon"') }
}

/** A store that notes under which tokens rows were sent to it. */
export const noting = (store: EventStore): EventStore & { readonly tokens: string[] } => {
  const tokens: string[] = []
  return {
    ...store,
    tokens,
    insert: (lines, token) => {
      tokens.push(token)
      return store.insert(lines, token)
    },
  }
}

/** Starts a mover; it says nothing, and is called "one", unless the test says otherwise. */
export const move = (
  inbox: Inbox,
  store: EventStore,
  over: Partial<Pick<MoverOptions, 'holder' | 'log'>> = {},
): Mover =>
  startMover({
    inbox,
    store,
    holder: 'one',
    number: numberRow,
    aheadMs: DAY_MS,
    log: () => undefined,
    observe: () => undefined,
    ...over,
  })

/** Appends and answers what became of each. */
export const append = async (inbox: Inbox, entries: readonly InboxEntry[]): Promise<readonly string[]> =>
  (await inbox.append(entries)).map(({ outcome }) => outcome)

/** Resolves when nothing waits any more. */
export const drained = (inbox: Inbox): Promise<void> => until(async () => (await inbox.depth()).events === 0)

/** What the store holds of a realm, row by row: rows of one key are not made one. */
export const storedOf = async (world: World, realm: Realm): Promise<readonly { id: string; raw: string }[]> =>
  (await world.rows(`SELECT event_id, raw FROM events WHERE tenant_id = '${realm.tenantId}' ORDER BY event_id`)).map(
    ({ event_id, raw }) => ({ id: String(event_id), raw: String(raw) }),
  )

export const idsOf = async (world: World, realm: Realm): Promise<readonly string[]> =>
  (await storedOf(world, realm)).map(({ id }) => id)
