import { Fault } from '../../core/fault.ts'
import type { Principal } from '../../core/principal.ts'
import { realmKey } from '../../core/realm.ts'
import type { Control, RealmRecord } from '../../ports/control.ts'
import type { Recall } from '../recall.ts'

/** Finds a realm's record, remembered until the control store changes. */
export type FindRealm = (tenantId: string, communityId: string) => Promise<RealmRecord | undefined>

export const createFindRealm =
  (control: Control, recall: Recall): FindRealm =>
  (tenantId, communityId) =>
    recall.get('realm', realmKey({ tenantId, communityId }), () => control.realms.get(tenantId, communityId))

/**
 * Finds a realm that exists and that the principal may enter. Whoever may not enter all realms hears `forbidden` for
 * every other one, so that nobody can ask which exist.
 */
export const createEnter =
  (findRealm: FindRealm) =>
  async (principal: Principal, tenantId: string, communityId: string): Promise<RealmRecord['realm']> => {
    const own =
      principal.realms === 'all' ||
      principal.realms.some((realm) => realm.tenantId === tenantId && realm.communityId === communityId)
    if (!own)
      throw new Fault(
        'forbidden',
        { reason: 'realm', need: 'realm' },
        'This key does not belong to this tenant and community',
      )
    const record = await findRealm(tenantId, communityId)
    if (!record)
      throw new Fault(
        'unknown-realm',
        { tenantId, communityId },
        `There is no tenant ${JSON.stringify(tenantId)} with a community ${JSON.stringify(communityId)} here`,
      )
    return record.realm
  }

/** The zone of a realm, and the clocks whose days count: while a rebuild is under way, what it replaces counts too. */
export const createClockOf =
  (findRealm: FindRealm, timezone: string) =>
  async (realm: RealmRecord['realm']): Promise<{ readonly zone: string; readonly clocks: readonly number[] }> => {
    const record = await findRealm(realm.tenantId, realm.communityId)
    const { clock, countedClock } = record ?? { clock: 1, countedClock: 1 }
    const clocks = Array.from({ length: clock - countedClock + 1 }, (_, at) => countedClock + at)
    return { zone: record?.timezone ?? timezone, clocks }
  }
