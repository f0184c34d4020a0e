import { classify } from '../../../core/catalogue.ts'
import type { FoundColumn } from '../../../core/event.ts'

/** One place in an event: its keys from the outside in. */
type Place = readonly string[]

/**
 * Where each column's value stands on the wire; the first place that holds one counts. The dialect's names and
 * synonyms are those of stored events of the live service and of its published clients.
 */
const places: Readonly<Partial<Record<FoundColumn, readonly Place[]>>> = {
  user_id: [['user_id']],
  actor_id: [['actor_id']],
  login_id: [['user_email'], ['username'], ['user_name'], ['factsSubmitted', 'username']],
  person_id: [['person_id']],
  device_id: [['device_id']],
  session_id: [['session_id'], ['sessionId']],
  application: [['serviceProvider'], ['sp_name'], ['sp_id'], ['application'], ['factsSubmitted', 'applicationId']],
  auth_method: [['auth_method']],
  auth_module: [['moduleId'], ['factsSubmitted', 'authModuleId']],
  reason: [['reason'], ['reason', 'reason'], ['eventData', 'reason'], ['eventData', 'reason', 'reason']],
  ip: [
    ['client_ip_address'],
    ['caller_ip'],
    ['ip_address'],
    ['connection_ip_address'],
    ['auth_device_ip_address'],
    ['factsSubmitted', 'IP'],
  ],
}

const columns = Object.entries(places) as readonly [FoundColumn, readonly Place[]][]

const AUDIT = 'AUDIT_LOG'

/** What an audit entry was about, by the names under which it is told. */
const objects = [
  { type: 'directory', id: 'directory_id' },
  { type: 'service_provider', id: 'sp_id' },
] as const

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const valueAt = (event: unknown, place: Place): unknown => {
  let value = event
  for (const key of place) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined
    value = value[key]
  }
  return value
}

/** A value as a column keeps it; empty for what is no text, number or flag. */
const textAt = (event: unknown, place: Place): string => {
  const value = valueAt(event, place)
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
}

/** What the columns of an event find in it, and its category when its sender says one. */
export const findFields = (
  eventName: string,
  event: Readonly<Record<string, unknown>>,
): { readonly found: Partial<Record<FoundColumn, string>>; readonly category: string | undefined } => {
  const found: Partial<Record<FoundColumn, string>> = {}
  for (const [column, candidates] of columns) {
    for (const place of candidates) {
      const text = textAt(event, place)
      if (text === '') continue
      found[column] = text
      break
    }
  }
  const category = textAt(event, ['eventCategory']) || undefined
  if ((category ?? classify('onekosmos', eventName).category) !== AUDIT) return { found, category }
  if (found.user_id !== undefined) {
    found.actor_type = 'user'
    found.actor_id = found.user_id
  }
  for (const { type, id } of objects) {
    const text = textAt(event, [id])
    if (text === '') continue
    found.object_type = type
    found.object_id = text
    break
  }
  return { found, category }
}
