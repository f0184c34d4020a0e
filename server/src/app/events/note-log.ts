import type { EventDraft, Receipt } from '../../core/event.ts'
import type { Log } from '../../core/log.ts'
import type { Principal } from '../../core/principal.ts'
import type { Realm } from '../../core/realm.ts'

/** Writes an entry into the event log of a realm; what cannot be written is logged and never thrown. */
export type NoteLog = (realm: Realm, type: 'Information' | 'Error', message: string) => Promise<void>

type Ingest = (principal: Principal, realm: Realm, drafts: readonly EventDraft[]) => Promise<readonly Receipt[]>

/** The server itself. */
const itself: Principal = { id: 'rollcall', user: 'rollcall', realms: 'all', may: new Set(['events.write']) }

/** The name of an entry of the event log. */
const LOG_ENTRY = 'event-log.create'

/** An entry of the event log is an event of the realm's stream, and its id the event's number. */
export const createNoteLog =
  (ingest: Ingest, log: Log): NoteLog =>
  async (realm, type, message) => {
    try {
      await ingest(itself, realm, [
        {
          dialect: 'passport',
          event_name: LOG_ENTRY,
          found: { object_type: type },
          raw: JSON.stringify({ type: LOG_ENTRY, message }),
        },
      ])
    } catch (error) {
      log('warn', 'An entry of the event log could not be written', { error: String(error) })
    }
  }

/** Tells of an event that was set aside, unless it is an entry itself, which would tell of itself for ever. */
export const noteSetAside =
  (note: NoteLog) =>
  async (realm: Realm, row: string, reason: string): Promise<void> => {
    const { event_id: id, event_name: name } = JSON.parse(row) as { event_id?: string; event_name?: string }
    if (name === LOG_ENTRY) return
    await note(realm, 'Error', `The event ${id} (${name}) was set aside, since the store refuses it: ${reason}`)
  }

/** One thing that goes wrong again and again is told once in so many milliseconds. */
const PAUSE_MS = 60_000
const MOST_REMEMBERED = 1_000

/** Tells of requests that failed in a way nobody foresaw; of the same one in the same realm once a minute. */
export const noteBroken = (
  note: NoteLog,
  enter: (tenantId: string, communityId: string) => Promise<Realm>,
  now: () => number,
): ((about: { readonly tenantId: string; readonly communityId: string }, what: string, requestId: string) => void) => {
  const told = new Map<string, number>()
  return ({ tenantId, communityId }, what, requestId) => {
    const key = JSON.stringify([tenantId, communityId, what])
    if (now() - (told.get(key) ?? Number.NEGATIVE_INFINITY) < PAUSE_MS) return
    if (told.size >= MOST_REMEMBERED) told.clear()
    told.set(key, now())
    enter(tenantId, communityId).then(
      (realm) => note(realm, 'Error', `${what} failed on the server's side; its log has more under ${requestId}`),
      // An address may name a realm that is not there.
      () => undefined,
    )
  }
}
