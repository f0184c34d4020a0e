import { hash } from 'node:crypto'
import { type Realm, realmKey } from '../../core/realm.ts'

/** Where a realm's files lie: its ids may hold any character, so that their hash stands for them. */
export const placeOf = (realm: Realm): string => hash('sha256', realmKey(realm), 'hex').slice(0, 32)

/** @throws Error for a name that is not one of ours */
export const checkName = (name: string): string => {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/.test(name)) throw new Error(`${JSON.stringify(name)} is no name of a file`)
  return name
}
