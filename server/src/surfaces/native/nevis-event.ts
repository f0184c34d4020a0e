import type { EventDraft, FoundColumn } from '../../core/event.ts'
import type { Issue } from '../../core/fault.ts'
import { readInstant } from '../../core/instant.ts'

type Json = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

const outcomes: Readonly<Record<string, string>> = { succeeded: 'success', failed: 'failure' }

/** Kinds of object that an event of Nevis is about, beside users. */
const objects = { accessKey: 'access_key', application: 'application' } as const

const LONGEST = 4_096

const issue = (name: string, rule: string, message: string): Issue => ({ where: 'event', name, rule, message })

/** Whether an event is one of Nevis's: it says `name` where ours say `event_name`. */
export const isNevisEvent = (event: Json): boolean =>
  !Object.hasOwn(event, 'event_name') && typeof event.name === 'string' && event.name !== ''

const textAt = (event: Json, issues: Issue[], ...path: readonly [string, ...string[]]): string | undefined => {
  let value: unknown = event
  for (const name of path) {
    if (!isObject(value) || !Object.hasOwn(value, name)) return undefined
    value = value[name]
  }
  if (value === undefined || value === null) return undefined
  const name = path.join('.')
  if (typeof value !== 'string') issues.push(issue(name, 'type', `${name} must be text`))
  else if (value.length > LONGEST) issues.push(issue(name, 'size', `${name} is longer than ${LONGEST} characters`))
  else return value
  return undefined
}

/** The method of `user.password.verified` and the like. */
const methodOf = (name: string): string => /^user\.(\w+)\.verified$/.exec(name)?.[1] ?? ''

/** What Nevis calls the part of an event that tells of a method: `recoveryCodes` for `recovery_codes`. */
const memberOf = (method: string): string => method.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase())

/** What the columns find in the parts that an event of Nevis has: `actor`, `user`, `application`, `accessKey`. */
export const findNevis = (event: Json, issues: Issue[]): Partial<Record<FoundColumn, string>> => {
  const at = (...path: readonly [string, ...string[]]) => textAt(event, issues, ...path)
  const method = typeof event.name === 'string' ? methodOf(event.name) : ''
  const actorType = at('actor', 'type')
  const actorId = at('actor', 'id')
  const own = actorType === undefined || actorType === 'user'
  const object = (Object.keys(objects) as (keyof typeof objects)[]).find((name) => isObject(event[name]))
  const found: Partial<Record<FoundColumn, string | undefined>> = {
    actor_type: actorType,
    actor_id: actorId,
    user_id: at('user', 'id') ?? (own ? actorId : undefined),
    login_id: at('user', 'loginId') ?? (own ? at('actor', 'loginId') : undefined),
    application: at('application', 'id'),
    auth_method: method || undefined,
    reason: method === '' ? undefined : at(memberOf(method), 'failedReason'),
    object_type: object && objects[object],
    object_id: object && at(object, 'id'),
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined))
}

/** Reads one event that was sent in Nevis's form: `name`, `eventId`, `timestamp`, `status` and its parts. */
export const readNevisEvent = (text: string, event: Json, nameLength: number, issues: Issue[]): EventDraft => {
  const name = String(event.name)
  if (name.length > nameLength) issues.push(issue('name', 'size', `name is longer than ${nameLength} characters`))
  const id = textAt(event, issues, 'eventId')
  if (id === '') issues.push(issue('eventId', 'required', 'eventId must not be empty; leave it out to get one'))
  const status = textAt(event, issues, 'status')
  if (status !== undefined && !Object.hasOwn(outcomes, status))
    issues.push(issue('status', 'range', 'status must be succeeded or failed'))
  const sent = event.timestamp ?? undefined
  const at = sent === undefined ? undefined : readInstant(sent)
  if (sent !== undefined && at === undefined)
    issues.push(issue('timestamp', 'format', 'timestamp must be ISO 8601, such as 2022-07-08T11:15:09.652Z'))
  textAt(event, issues, 'description')
  return {
    dialect: 'nevis',
    event_name: name,
    ...(id === undefined ? {} : { event_id: id }),
    ...(at === undefined ? {} : { event_ts: at }),
    outcome: outcomes[status ?? 'succeeded'] ?? 'success',
    found: findNevis(event, issues),
    raw: text,
  }
}
