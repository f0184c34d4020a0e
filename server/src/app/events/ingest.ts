import { hash } from 'node:crypto'
import { uuidv7 } from 'uuidv7'
import { classify } from '../../core/catalogue.ts'
import { type EventDraft, type FoundColumn, foundColumns, type Receipt, type StoredEvent } from '../../core/event.ts'
import type { Issue } from '../../core/fault.ts'
import type { EventLimits } from '../../core/json-text.ts'
import { demand, type Principal } from '../../core/principal.ts'
import { type Realm, realmKey } from '../../core/realm.ts'
import { type WallClock, wallClock } from '../../core/zone.ts'
import type { Appended, Inbox, InboxEntry } from '../../ports/inbox.ts'
import type { FindRealm } from '../realms/enter.ts'

export interface IngestParts {
  readonly inbox: Inbox
  readonly findRealm: FindRealm
  readonly now: () => number
  /** One event as the line that the store takes. */
  readonly encode: (event: StoredEvent) => string
  readonly limits: EventLimits
  /** Earliest event time taken, epoch milliseconds. */
  readonly oldest: number
  /** How far ahead of the clock an event may be, in milliseconds. */
  readonly ahead: number
  /** The zone of realms that set none. */
  readonly timezone: string
  readonly count: (outcome: Receipt['outcome'], events: number) => void
}

const IDENTITY_DIGITS = 32
const LONGEST_ID = 512
const LONGEST_VALUE = 8_192
const hasControl = (text: string): boolean => {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < 32 || code === 127) return true
  }
  return false
}

const digest = (of: string, text: string): string =>
  hash('sha256', `${of}\u0000${text}`, 'hex').slice(0, IDENTITY_DIGITS)

const textIssue = (name: string, text: string, longest: number): Issue | undefined => {
  if (text === '') return { where: 'event', name, rule: 'required', message: `${name} should not be empty` }
  if (text.length > longest)
    return { where: 'event', name, rule: 'size', message: `${name} is longer than ${longest} characters` }
  if (hasControl(text) || !text.isWellFormed())
    return { where: 'event', name, rule: 'format', message: `${name} holds characters that are not text` }
  return undefined
}

const emptyColumns = Object.fromEntries(foundColumns.map((name) => [name, ''])) as Record<FoundColumn, string>

/** The realm's wall clock and its number. */
interface StampedBy {
  readonly clock: number
  readonly hourOf: WallClock
}

/** Takes events in: checks, classifies, stamps, and commits them to the inbox together. */
export const createIngest = (parts: IngestParts) => {
  const clocks = new Map<string, WallClock>()
  const clockOf = async (realm: Realm): Promise<StampedBy> => {
    const record = await parts.findRealm(realm.tenantId, realm.communityId)
    const zone = record?.timezone ?? parts.timezone
    let hourOf = clocks.get(zone)
    if (!hourOf) {
      hourOf = wallClock(zone)
      clocks.set(zone, hourOf)
    }
    return { clock: record?.clock ?? 1, hourOf }
  }

  const issuesOf = (draft: EventDraft, now: number): readonly Issue[] => {
    const issues: Issue[] = []
    const name = textIssue('event_name', draft.event_name, parts.limits.nameLength)
    if (name) issues.push(name)
    const id = draft.event_id === undefined ? undefined : textIssue('event_id', draft.event_id, LONGEST_ID)
    if (id) issues.push(id)
    const ts = draft.event_ts
    if (ts !== undefined && !Number.isSafeInteger(ts))
      issues.push({ where: 'event', name: 'timestamp', rule: 'type', message: 'The time of the event is not a time' })
    else if (ts !== undefined && ts < parts.oldest)
      issues.push({
        where: 'event',
        name: 'timestamp',
        rule: 'range',
        message: `The time of the event is before ${new Date(parts.oldest).toISOString().slice(0, 10)}`,
      })
    else if (ts !== undefined && ts > now + parts.ahead)
      issues.push({
        where: 'event',
        name: 'timestamp',
        rule: 'range',
        message: `The time of the event is more than ${parts.ahead / 3_600_000} hours ahead`,
      })
    for (const column of foundColumns) {
      const value = draft.found[column]
      if (value !== undefined && value.length > LONGEST_VALUE)
        issues.push({
          where: 'event',
          name: column,
          rule: 'size',
          message: `${column} is longer than ${LONGEST_VALUE} characters`,
        })
    }
    return issues
  }

  const stamp = (realm: Realm, draft: EventDraft, id: string, now: number, clock: StampedBy): StoredEvent => {
    const meaning = classify(draft.dialect, draft.event_name)
    const at = draft.event_ts ?? now
    return {
      ...emptyColumns,
      ...draft.found,
      realm,
      event_id: id,
      dialect: draft.dialect,
      event_name: draft.event_name,
      action: draft.action ?? meaning.action,
      outcome: draft.outcome ?? meaning.outcome,
      category: draft.category ?? meaning.category,
      kind: draft.kind ?? 'event',
      event_ts: at,
      received_ts: now,
      local_hour: clock.hourOf(at),
      clock: clock.clock,
      raw: draft.raw,
    }
  }

  const receiptOf = (appended: Appended, id: string): Receipt => {
    if (appended.outcome === 'new') return { outcome: 'accepted', event_id: id, seq: appended.seq }
    if (appended.outcome === 'duplicate') return { outcome: 'duplicate', event_id: id }
    const message = 'An event with this id but another content was sent before; give the new event an id of its own'
    return { outcome: 'refused', issues: [{ where: 'event', name: 'event_id', rule: 'conflict', message }] }
  }

  return async (principal: Principal, realm: Realm, drafts: readonly EventDraft[]): Promise<readonly Receipt[]> => {
    demand(principal, 'events.write', realm)
    const clock = await clockOf(realm)
    const now = parts.now()
    const key = realmKey(realm)
    const receipts: Receipt[] = new Array(drafts.length)
    const entries: InboxEntry[] = []
    const places: { readonly at: number; readonly id: string }[] = []
    for (const [at, draft] of drafts.entries()) {
      const issues = issuesOf(draft, now)
      if (issues.length > 0) {
        receipts[at] = { outcome: 'refused', issues }
        continue
      }
      const id = draft.event_id ?? uuidv7()
      const event = stamp(realm, draft, id, now, clock)
      const identity =
        draft.event_id === undefined ? null : { id: digest(key, id), body: digest(draft.event_name, draft.raw) }
      entries.push({ realm, identity, eventTs: event.event_ts, row: parts.encode(event) })
      places.push({ at, id })
    }
    const appended = entries.length > 0 ? await parts.inbox.append(entries) : []
    for (const [index, place] of places.entries()) {
      const one = appended[index]
      if (one) receipts[place.at] = receiptOf(one, place.id)
    }
    const tally = { accepted: 0, duplicate: 0, refused: 0 }
    for (const receipt of receipts) tally[receipt.outcome]++
    for (const outcome of ['accepted', 'duplicate', 'refused'] as const)
      if (tally[outcome] > 0) parts.count(outcome, tally[outcome])
    return receipts
  }
}
