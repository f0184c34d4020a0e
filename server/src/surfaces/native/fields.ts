import { isAction } from '../../core/catalogue.ts'
import { type EventDraft, foundColumns } from '../../core/event.ts'
import type { Issue } from '../../core/fault.ts'
import { readInstant } from '../../core/instant.ts'
import { type EventLimits, inspectEvent } from '../../core/json-text.ts'
import type { Realm } from '../../core/realm.ts'
import { findNevis, isNevisEvent, readNevisEvent } from './nevis-event.ts'

const outcomes: ReadonlySet<unknown> = new Set(['success', 'failure', 'unknown'])
const kinds: ReadonlySet<unknown> = new Set(['event', 'transaction'])

/** Names that the server writes; a sender's value under them would be taken for ours. */
const ours = ['seq', 'received_ts', 'local_hour', 'dialect', 'raw'] as const

const LONGEST_TEXT = 4_096

type Read =
  | { readonly ok: true; readonly draft: EventDraft }
  | { readonly ok: false; readonly issues: readonly Issue[] }

const issue = (name: string, rule: string, message: string): Issue => ({ where: 'event', name, rule, message })

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)

const present = (value: unknown): boolean => value !== undefined && value !== null

/** Reads one text column; null counts as not sent. */
const textOf = (event: Record<string, unknown>, name: string, issues: Issue[]): string | undefined => {
  const value = event[name]
  if (!Object.hasOwn(event, name) || !present(value)) return undefined
  if (typeof value !== 'string') issues.push(issue(name, 'type', `${name} must be text`))
  else if (value.length > LONGEST_TEXT)
    issues.push(issue(name, 'size', `${name} is longer than ${LONGEST_TEXT} characters`))
  else return value
  return undefined
}

const oneOf = (
  event: Record<string, unknown>,
  name: string,
  allowed: (value: string) => boolean,
  said: string,
  issues: Issue[],
): string | undefined => {
  const value = textOf(event, name, issues)
  if (value === undefined || allowed(value)) return value
  issues.push(issue(name, 'range', `${name} must be ${said}`))
  return undefined
}

const timeOf = (event: Record<string, unknown>, issues: Issue[]): number | undefined => {
  let at: number | undefined
  for (const name of ['event_ts', 'timestamp']) {
    if (!Object.hasOwn(event, name) || !present(event[name])) continue
    const read = readInstant(event[name])
    if (read === undefined)
      issues.push(issue(name, 'format', `${name} must be ISO 8601 or epoch milliseconds, such as 2026-01-31T09:00:00Z`))
    else at = read
  }
  return at
}

const checkOurs = (event: Record<string, unknown>, realm: Realm, issues: Issue[]): void => {
  for (const name of ours)
    if (Object.hasOwn(event, name))
      issues.push(issue(name, 'unknown', `${name} is written by the server; send it under another name`))
  for (const [name, own] of [
    ['tenant_id', realm.tenantId],
    ['community_id', realm.communityId],
  ] as const)
    if (Object.hasOwn(event, name) && event[name] !== own)
      issues.push(issue(name, 'conflict', `${name} differs from the path's; leave it out`))
}

/**
 * Reads the JSON text of one native event: `event_name` (required), `event_id`, `timestamp` or `event_ts`, `outcome`,
 * `action`, `category`, `kind` and the columns by their names. Everything else stays in the text. An event in Nevis's
 * form, which says `name` and not `event_name`, is read as Nevis has it; its parts `actor` and `user` count in ours too.
 */
export const readNativeEvent = (text: string, realm: Realm, limits: EventLimits): Read => {
  const inspected = inspectEvent(text, limits)
  if (!inspected.ok) return { ok: false, issues: [inspected.issue] }
  const event = inspected.value
  const issues: Issue[] = []
  checkOurs(event, realm, issues)
  if (isNevisEvent(event)) {
    const draft = readNevisEvent(text, event, limits.nameLength, issues)
    return issues.length > 0 ? { ok: false, issues } : { ok: true, draft }
  }
  const name = textOf(event, 'event_name', issues)
  if (name === undefined && issues.every((one) => one.name !== 'event_name'))
    issues.push(issue('event_name', 'required', 'event_name is required'))
  if (name === '') issues.push(issue('event_name', 'required', 'event_name must not be empty'))
  if (name !== undefined && name.length > limits.nameLength)
    issues.push(issue('event_name', 'size', `event_name is longer than ${limits.nameLength} characters`))
  const id = textOf(event, 'event_id', issues)
  if (id === '') issues.push(issue('event_id', 'required', 'event_id must not be empty; leave it out to get one'))
  const ts = timeOf(event, issues)
  const outcome = oneOf(event, 'outcome', (word) => outcomes.has(word), 'success, failure or unknown', issues)
  const action = oneOf(event, 'action', isAction, "one of the catalogue's actions, such as login", issues)
  const kind = oneOf(event, 'kind', (word) => kinds.has(word), 'event or transaction', issues)
  const category = textOf(event, 'category', issues)
  const found = isObject(event.actor) || isObject(event.user) ? findNevis(event, issues) : {}
  for (const column of foundColumns) {
    const value = textOf(event, column, issues)
    if (value !== undefined) found[column] = value
  }
  if (issues.length > 0 || name === undefined) return { ok: false, issues }
  return {
    ok: true,
    draft: {
      dialect: 'native',
      event_name: name,
      ...(id === undefined ? {} : { event_id: id }),
      ...(ts === undefined ? {} : { event_ts: ts }),
      ...(outcome === undefined ? {} : { outcome }),
      ...(action === undefined ? {} : { action }),
      ...(kind === undefined ? {} : { kind: kind as 'event' | 'transaction' }),
      ...(category === undefined ? {} : { category }),
      found,
      raw: text,
    },
  }
}
