import { isEmail } from '../../core/email.ts'
import type { Realm } from '../../core/realm.ts'
import type { Directory } from '../../ports/directory.ts'

/** The e-mail address that the directory has of a user of the realm, known by id or by name; undefined when none. */
export type MailOf = (realm: Realm, user: string) => Promise<string | undefined>

interface Email {
  readonly value?: unknown
  readonly primary?: unknown
}

/** The primary one of `emails`, as SCIM keeps them, else the first; else `email`. */
const addressIn = (attributes: string): unknown => {
  const said = JSON.parse(attributes) as { readonly email?: unknown; readonly emails?: unknown }
  const emails = Array.isArray(said.emails) ? (said.emails as (Email | null)[]) : []
  return (emails.find((one) => one?.primary === true) ?? emails[0])?.value ?? said.email
}

export const createMailOf =
  (directory: Directory): MailOf =>
  async (realm, user) => {
    if (user === '') return undefined
    const byId = await directory.get(realm, 'user', user)
    const found =
      byId && !byId.removed ? byId : (await directory.list(realm, 'user', { where: { name: user }, limit: 1 }))[0]
    if (found?.status !== 'active') return undefined
    const address = addressIn(found.attributes)
    return isEmail(address) ? address : undefined
  }
