import { uuidv7 } from 'uuidv7'
import { Fault } from '../../core/fault.ts'
import type { AuthLevel, Control, KeyRecord, RealmRecord } from '../../ports/control.ts'
import type { App, Authenticated } from '../app.ts'
import type { Recall } from '../recall.ts'
import { hashSecret } from './secrets.ts'

export interface LicencesParts {
  readonly control: Control
  readonly recall: Recall
  readonly now: () => number
}

/** From the least to the most. */
const levels: readonly AuthLevel[] = ['community', 'tenant', 'service', 'system']
const rank = (level: AuthLevel | null): number => (level === null ? -1 : levels.indexOf(level))

const refuse = (message: string, need = 'system'): Fault => new Fault('forbidden', { reason: 'level', need }, message)
const absent = (what: string, id: string): Fault =>
  new Fault('not-found', { what, id }, `There is no ${what} ${JSON.stringify(id)} here`)
const taken = (what: string, id: string): Fault =>
  new Fault(
    'conflict',
    { what, id, why: 'taken' },
    `This ${what} belongs to another licence; delete that one first, or choose another ${what}`,
  )

const demandSystem = (caller: Authenticated): void => {
  if (caller.authLevel !== 'system' || !caller.principal.may.has('licences.manage'))
    throw refuse("This needs a licence of authLevel 'system'; the one that was sent is not")
}

/** When what is given ends: never after the giver's own end. */
const endOf = (caller: Authenticated, asked: number | undefined): number | null => {
  const own = caller.record?.expiresAt ?? null
  if (asked !== undefined && own !== null && asked > own)
    throw refuse('This expiry is after that of the licence that was sent; nobody gives more than they have')
  return asked ?? own
}

/** The licence endpoints' view of keys. Managing needs a `system` licence, and nobody gives more than they have. */
export const createLicences = ({ control, recall, now }: LicencesParts): App['licences'] => {
  const byKeyId = async (keyId: string): Promise<KeyRecord> => {
    const record = await control.keys.byKeyId(keyId)
    if (!record) throw absent('keyId', keyId)
    return record
  }
  const byTag = async (tag: string): Promise<KeyRecord> => {
    const record = await control.keys.byTag(tag)
    if (!record) throw absent('tag', tag)
    return record
  }
  const realmOf = async (communityId: string): Promise<RealmRecord['realm']> => {
    const record = await control.realms.find({ communityId })
    if (!record) throw absent('communityId', communityId)
    return record.realm
  }

  return {
    async put(caller, licence) {
      demandSystem(caller)
      const authLevel = licence.authLevel ?? 'community'
      if (rank(authLevel) > rank(caller.authLevel))
        throw refuse(`A licence of authLevel '${caller.authLevel}' cannot make one of '${authLevel}'`, authLevel)
      const expiresAt = endOf(caller, licence.expiry)
      const told = {
        description: licence.description ?? null,
        disabled: licence.disabled ?? false,
        expiresAt,
        authLevel,
        modules: licence.modules ?? null,
      }
      const secretHash = hashSecret(licence.keySecret)
      const [known, ofSecret, ofTag] = await Promise.all([
        control.keys.byKeyId(licence.keyId),
        control.keys.bySecret(secretHash),
        control.keys.byTag(licence.tag),
      ])
      if (ofSecret && ofSecret.id !== known?.id) throw taken('keySecret', licence.keyId)
      if (ofTag && ofTag.id !== known?.id) throw taken('tag', licence.tag)
      if (known) {
        if (!ofSecret || !ofTag) throw taken('keyId', licence.keyId)
        await control.keys.update(known.id, told)
        recall.forget()
        return { ...known, ...told }
      }
      const record: KeyRecord = {
        id: uuidv7(),
        kind: 'license',
        name: licence.tag,
        realm: null,
        user: null,
        roles: null,
        createdAt: now(),
        tag: licence.tag,
        keyId: licence.keyId,
        ...told,
      }
      await control.keys.create(record, secretHash)
      recall.forget()
      return record
    },

    async removeByKeyId(caller, keyId) {
      demandSystem(caller)
      const removed = await control.keys.remove((await byKeyId(keyId)).id)
      recall.forget()
      if (!removed) throw absent('keyId', keyId)
    },

    async authorise(caller, grant) {
      demandSystem(caller)
      const expiresAt = endOf(caller, grant.expiry)
      const [record, realm] = await Promise.all([byTag(grant.keyTag), realmOf(grant.communityId)])
      await control.grants.put({ keyId: record.id, realm, isAuthorized: grant.isAuthorized, expiresAt })
      recall.forget()
    },

    async deauthorise(caller, communityId, tag) {
      demandSystem(caller)
      const [record, realm] = await Promise.all([byTag(tag), realmOf(communityId)])
      const removed = await control.grants.remove(record.id, realm)
      recall.forget()
      if (!removed) throw absent('authorisation of the licence for communityId', communityId)
    },

    async check(caller, communityId) {
      const { principal, record } = caller
      const grants = record ? await control.grants.of(record.id) : []
      const grant = grants.find((one) => one.realm.communityId === communityId) ?? null
      const ends = [record?.expiresAt, grant?.expiresAt].filter((at) => typeof at === 'number')
      const granted = grant?.isAuthorized === true && (grant.expiresAt === null || grant.expiresAt > now())
      const own =
        principal.realms === 'all' || (!grant && principal.realms.some((realm) => realm.communityId === communityId))
      return { isAuthorized: own || granted, expiresAt: ends.length > 0 ? Math.min(...ends) : null, grant }
    },
  }
}
