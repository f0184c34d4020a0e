import { createHash } from 'node:crypto'
import { type Realm, realmKey } from './realm.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
/** The namespace of every UUID that is made from a name here (RFC 9562, version 5). */
export const uuidNamespace = '6f1f6b2e-3c0a-5d7e-9a54-0b6f8c1d2e3a'
const namespace = Buffer.from(uuidNamespace.replaceAll('-', ''), 'hex')

/** Whether a text is written as a UUID, of any version and in any case. */
export const isUuid = (text: string): boolean => UUID.test(text)

const versionFive = (name: string): string => {
  const bytes = createHash('sha1').update(namespace).update(name).digest().subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** What the UUID of an id is made from: the realm, so that two realms never share one, and the id. */
export const uuidName = (realm: Realm, id: string): string => `${realmKey(realm)} ${id}`

/** An id of a realm as a UUID: itself, in small letters, when it is one; else the version 5 of the realm and it. */
export const uuidOf = (realm: Realm, id: string): string =>
  isUuid(id) ? id.toLowerCase() : versionFive(uuidName(realm, id))

/** The UUID of the realm itself. */
export const realmUuid = (realm: Realm): string => versionFive(realmKey(realm))
