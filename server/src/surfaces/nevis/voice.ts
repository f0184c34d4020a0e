import { tell } from '../../core/catalogue.ts'
import { writeInstant } from '../../core/instant.ts'
import { isBlank, splice } from '../../core/splice.ts'
import type { Row } from '../../core/table.ts'
import { isObject, type Json, textAt } from './sent.ts'

/** Columns of the event that its form needs beside those of the search. */
export const voiceColumns = [
  'dialect',
  'actor_type',
  'actor_id',
  'login_id',
  'auth_method',
  'reason',
  'object_type',
  'object_id',
  'raw',
] as const

/** Who acts, as Nevis has it, by the words that other senders use. */
export const actorTypes = {
  admin: ['admin', 'administrator', 'superadmin', 'operator'],
  api: ['api', 'apikey', 'api_key', 'key', 'service', 'system', 'application'],
} as const

const actorTypeOf = (sent: string): string =>
  (['admin', 'api'] as const).find((type) => (actorTypes[type] as readonly string[]).includes(sent)) ?? 'user'

/** Where senders of other dialects write what Nevis shows of a user and of who acts. */
const places = {
  userAgent: ['caller_user_agent', 'user_agent', 'userAgent'],
  firstName: ['user_firstname', 'firstname', 'firstName', 'given_name'],
  lastName: ['user_lastname', 'lastname', 'lastName', 'family_name'],
  state: ['user_status'],
  languageCode: ['languageCode', 'language', 'locale'],
  applicationName: ['sp_name', 'serviceProvider', 'applicationName'],
} as const

const without = (members: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== ''))

const some = (members: Readonly<Record<string, unknown>>): Record<string, unknown> | undefined => {
  const kept = without(members)
  return Object.keys(kept).length > 0 ? kept : undefined
}

export const statusOf = (row: Row): 'failed' | 'succeeded' => (row.outcome === 'failure' ? 'failed' : 'succeeded')

/** Whether an event has Nevis's own parts, so that it is answered as it was sent. */
export const hasOwnForm = (dialect: unknown, sent: Json): boolean =>
  dialect === 'nevis' || (dialect === 'native' && (isObject(sent.actor) || isObject(sent.user)))

/** The member of `<method>.failedReason`: `recoveryCodes` of `user.recovery_codes.verified`. */
const failed = (name: string, row: Row): Record<string, unknown> => {
  const [, method] = /^user\.(\w+)\.verified$/.exec(name) ?? []
  if (!method || row.outcome !== 'failure' || !row.reason) return {}
  return { [method.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase())]: { failedReason: row.reason } }
}

/** An event of another dialect in Nevis's form; what its sender did not say is left out. */
const translated = (row: Row, sent: Json): Record<string, unknown> => {
  const { name, description } = tell(String(row.dialect), String(row.event_name), String(row.action))
  const place = (of: keyof typeof places) => textAt(sent, places[of])
  const [actorId, userId] = [row.actor_id || row.user_id || undefined, row.user_id || undefined]
  const own = actorId === userId
  return without({
    eventId: row.event_id,
    name,
    description: textAt(sent, ['description']) ?? description,
    timestamp: writeInstant(Number(row.event_ts)),
    status: statusOf(row),
    actor: without({
      id: actorId,
      loginId: own ? row.login_id : undefined,
      userAgent: place('userAgent'),
      type: actorTypeOf(String(row.actor_type)),
    }),
    user: some({
      id: userId,
      ...(userId === undefined && !row.login_id
        ? {}
        : {
            loginId: row.login_id,
            firstName: place('firstName'),
            lastName: place('lastName'),
            state: place('state'),
            languageCode: place('languageCode'),
          }),
    }),
    application: row.application ? without({ id: row.application, name: place('applicationName') }) : undefined,
    accessKey: row.object_type === 'access_key' ? some({ id: row.object_id }) : undefined,
    ...failed(name, row),
  })
}

/** An event in Nevis's form as JSON text. One that was sent in it comes back as it was sent, member for member. */
export const sayEvent = (row: Row): string => {
  const raw = String(row.raw)
  const sent = JSON.parse(raw) as Json
  if (!hasOwnForm(row.dialect, sent)) return JSON.stringify(translated(row, sent))
  const { name, description } = tell(String(row.dialect), String(row.event_name), String(row.action))
  const time = JSON.stringify(writeInstant(Number(row.event_ts)))
  return splice(raw, [
    ['eventId', JSON.stringify(row.event_id), isBlank],
    ['name', JSON.stringify(name), isBlank],
    ['description', JSON.stringify(description), isBlank],
    ['timestamp', time, (token) => token !== time],
    ['status', JSON.stringify(statusOf(row)), isBlank],
  ])
}
