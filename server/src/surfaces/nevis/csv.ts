import { isObject, type Json, textIn } from './sent.ts'

/** The columns of the export, in the vendor's order; each is a path into the event. */
export const exportColumns = [
  'eventId',
  'timestamp',
  'name',
  'status',
  'actor.type',
  'actor.id',
  'user.id',
  'accessKey.id',
  'accessKey.name',
  'actor.loginId',
  'actor.userAgent',
  'application.id',
  'application.name',
  'user.firstName',
  'user.lastName',
  'user.loginId',
  'user.state',
  'user.languageCode',
] as const

/** One line of the export for an event in Nevis's form; what it does not say is an empty cell. */
export const csvRow = (event: unknown): readonly string[] => {
  const sent: Json = isObject(event) ? event : {}
  return exportColumns.map((name) => textIn(sent, ...name.split('.')))
}
