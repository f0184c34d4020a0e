import { hash } from 'node:crypto'
import type { Authenticated, KeyRecord } from '../../../app/app.ts'
import { writeInstant } from '../../../core/instant.ts'

const YEAR_MS = 365 * 86_400_000

/** When something ends, as the wire says it; clients take what has no end for ended, so that it is told a year on. */
export const sayExpiry = (at: number | null, now: number): string => writeInstant(at ?? now + YEAR_MS)

/** The part of a licence that everybody who sent it may know. */
export const sayKey = ({ record, authLevel }: Authenticated, secret: string) => ({
  type: 'hawk',
  disabled: record?.disabled ?? false,
  authLevel: authLevel ?? 'community',
  tag: record ? (record.tag ?? record.name) : 'infra_license_key',
  keyId: record ? (record.keyId ?? record.id) : hash('sha512', secret),
})

/** A licence with its secret, for whoever sent that secret. */
export const sayLicence = (caller: Authenticated, secret: string, now: number) => ({
  ...sayKey(caller, secret),
  expiry: sayExpiry(caller.record?.expiresAt ?? null, now),
  keySecret: secret,
  ...sayNotes(caller.record),
})

const sayNotes = (record: KeyRecord | null) => ({
  ...(record?.description ? { description: record.description } : {}),
  ...(record?.modules ? { modules: JSON.parse(record.modules) as Record<string, unknown> } : {}),
})
