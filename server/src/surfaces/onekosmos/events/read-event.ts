import type { EventDraft } from '../../../core/event.ts'
import type { Issue } from '../../../core/fault.ts'
import { type EventLimits, inspectEvent } from '../../../core/json-text.ts'
import type { Channel } from '../envelope/channel.ts'
import { bodyIssue, emptyField, type SentJson } from '../json-body.ts'
import { readEpochTime, readTimestamp } from './event-time.ts'
import { findFields } from './fields.ts'

/** The path of an event: what is said there wins, and a body that says otherwise is refused. */
export interface EventPath {
  readonly tenantId: string
  readonly communityId: string
  readonly eventName: string
}

type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly issues: readonly Issue[] }
type Event = Readonly<Record<string, unknown>>

const refuse = (...issues: readonly Issue[]): { ok: false; issues: readonly Issue[] } => ({ ok: false, issues })

/**
 * Finds the text of the event in a body's `data`: decrypted, or as it stands in the body's own text where plain
 * bodies are taken. A caller whose headers were wrong is told that alone, since nothing can be decrypted for it.
 */
export const readData = (sent: SentJson | null, channel: Channel | undefined, plain: boolean): Read<string> => {
  if (!sent) return refuse(emptyField('data'))
  if (!sent.ok) return refuse(sent.issue)
  const data = Object.hasOwn(sent.value, 'data') ? sent.value.data : undefined
  if (data === undefined || data === null || data === '') return refuse(emptyField('data'))
  if (typeof data === 'string') {
    if (!channel) return refuse()
    const text = channel.decrypt(data)
    return text === undefined
      ? refuse(bodyIssue('data', 'sealed', "This field can't be decrypted"))
      : { ok: true, value: text }
  }
  const place = typeof data === 'object' && !Array.isArray(data) ? sent.members().get('data') : undefined
  if (!place) return refuse(bodyIssue('data', 'type', 'This field should be an encrypted string or an object'))
  if (!plain) return refuse(bodyIssue('data', 'sealed', 'This field should be encrypted'))
  return { ok: true, value: sent.text.slice(...place) }
}

const sentOf = (event: Event, name: string): unknown => {
  const value = Object.hasOwn(event, name) ? event[name] : undefined
  return value === null || value === '' ? undefined : value
}

const agree = (event: Event, path: EventPath): readonly Issue[] =>
  (
    [
      ['tenant_id', path.tenantId],
      ['community_id', path.communityId],
      ['eventName', path.eventName],
      ['event_name', path.eventName],
    ] as const
  ).flatMap(([name, said]) => {
    const sent = sentOf(event, name)
    return sent === undefined || sent === said
      ? []
      : [bodyIssue(name, 'conflict', 'This field should be the same as in the path, or left out')]
  })

const textIssue = (event: Event, name: string, required: boolean): readonly Issue[] => {
  const sent = sentOf(event, name)
  if (sent === undefined) return required ? [emptyField(name)] : []
  if (typeof sent !== 'string') return [bodyIssue(name, 'type', 'This field should be a string')]
  return sent.trim() === '' ? [emptyField(name)] : []
}

/** The event's own time: `timestamp`, else `epoch_time`, else a sent `event_ts`; what was sent must be readable. */
const timeOf = (event: Event): { ts: number | undefined; source: string; issues: readonly Issue[] } => {
  const readers = [
    ['timestamp', readTimestamp, "This field should be a date, 'YYYY-MM-DD HH:mm:ss.SSS' for instance"],
    ['epoch_time', readEpochTime, 'This field should be a number of seconds'],
    ['event_ts', readEpochTime, 'This field should be a number of milliseconds'],
  ] as const
  const read = readers.flatMap(([name, reader, message]) => {
    const sent = sentOf(event, name)
    if (sent === undefined) return []
    const ts = reader(sent)
    return [{ name, ts, issues: ts === undefined ? [bodyIssue(name, 'format', message)] : [] }]
  })
  const first = read.find(({ ts }) => ts !== undefined)
  return { ts: first?.ts, source: first?.name ?? 'timestamp', issues: read.flatMap(({ issues }) => issues) }
}

/** An event ready for ingest, and the wire name of the field that its time came from. */
export interface ReadEvent {
  readonly draft: EventDraft
  readonly timeFrom: string
}

/** Reads the text of an event and everything that is wrong with it. */
export const readEvent = (text: string, path: EventPath, limits: EventLimits): Read<ReadEvent> => {
  const inspected = inspectEvent(text, limits)
  if (!inspected.ok) {
    const { name, rule, message } = inspected.issue
    return refuse(bodyIssue(name === '' ? 'data' : name, rule, message))
  }
  const event = inspected.value
  const time = timeOf(event)
  const issues = [
    ...textIssue(event, 'type', true),
    ...agree(event, path),
    ...textIssue(event, 'event_id', false),
    ...time.issues,
  ]
  if (issues.length > 0) return refuse(...issues)
  const eventId = sentOf(event, 'event_id')
  const { found, category } = findFields(path.eventName, event)
  const draft: EventDraft = {
    dialect: 'onekosmos',
    event_name: path.eventName,
    kind: event.type === 'transaction' ? 'transaction' : 'event',
    found,
    raw: text,
    ...(typeof eventId === 'string' ? { event_id: eventId } : {}),
    ...(time.ts === undefined ? {} : { event_ts: time.ts }),
    ...(category === undefined ? {} : { category }),
  }
  return { ok: true, value: { draft, timeFrom: time.source } }
}
