import { Fault, type Issue, invalid } from '../../core/fault.ts'
import { demand } from '../../core/principal.ts'
import { isZone } from '../../core/zone.ts'
import type { Control, RealmDraft, RealmRecord } from '../../ports/control.ts'
import type { Files } from '../../ports/files.ts'
import type { App } from '../app.ts'
import type { Recall } from '../recall.ts'
import type { FindRealm } from './enter.ts'

export interface RealmsParts {
  readonly control: Control
  readonly files: Files
  readonly findRealm: FindRealm
  readonly recall: Recall
  readonly now: () => number
  /** The zone of realms that set none. */
  readonly timezone: string
  /** Told when there is something new to do in the background. */
  readonly kick: () => void
}

const zoneIssue = (zone: string | null | undefined): readonly Issue[] =>
  zone === undefined || zone === null || isZone(zone)
    ? []
    : [
        {
          where: 'body',
          name: 'timezone',
          rule: 'format',
          message: 'timezone must be an IANA time zone such as Europe/Zurich',
        },
      ]

const unknownRealm = (tenantId: string, communityId: string): Fault =>
  new Fault(
    'unknown-realm',
    { tenantId, communityId },
    `There is no tenant ${JSON.stringify(tenantId)} with a community ${JSON.stringify(communityId)} here`,
  )

/** The realms as their operators see them. */
export const createRealms = ({
  control,
  files,
  findRealm,
  recall,
  now,
  timezone,
  kick,
}: RealmsParts): App['realms'] => {
  const existing = async (tenantId: string, communityId: string): Promise<RealmRecord> => {
    const record = await findRealm(tenantId, communityId)
    if (!record) throw unknownRealm(tenantId, communityId)
    return record
  }
  return {
    async create(principal, draft: RealmDraft) {
      demand(principal, 'realms.manage')
      const issues = zoneIssue(draft.timezone)
      if (issues.length > 0) throw invalid(issues)
      const record = await control.realms.create(draft, now())
      recall.forget()
      return record
    },
    async get(principal, tenantId, communityId) {
      if (principal.realms === 'all') {
        demand(principal, 'realms.read')
        return await existing(tenantId, communityId)
      }
      const own = principal.realms.find((realm) => realm.tenantId === tenantId && realm.communityId === communityId)
      if (!own)
        throw new Fault('forbidden', { reason: 'realm', need: 'realms.read' }, 'This key does not belong to this realm')
      demand(principal, 'realms.read', own)
      return await existing(tenantId, communityId)
    },
    async list(principal, options) {
      demand(principal, 'realms.read')
      if (principal.realms === 'all') return await control.realms.list(options)
      const records = await Promise.all(principal.realms.map((realm) => findRealm(realm.tenantId, realm.communityId)))
      return records.filter((record) => record !== undefined)
    },
    async update(principal, tenantId, communityId, change) {
      demand(principal, 'realms.manage')
      const issues = zoneIssue(change.timezone)
      if (issues.length > 0) throw invalid(issues)
      const { realm } = await existing(tenantId, communityId)
      const record = await control.realms.update(realm, change)
      recall.forget()
      if (change.timezone !== undefined) kick()
      if (!record) throw unknownRealm(tenantId, communityId)
      return record
    },
    async setZone(principal, realm, zone) {
      demand(principal, 'realms.configure', realm)
      const issues = zoneIssue(zone)
      if (issues.length > 0) throw invalid(issues)
      await control.realms.update(realm, { timezone: zone })
      recall.forget()
    },
    async remove(principal, tenantId, communityId) {
      demand(principal, 'realms.manage')
      const { realm } = await existing(tenantId, communityId)
      // First while the realm is there, so that a removal that fails can be asked again; then what was written meanwhile.
      await files.clear(realm)
      await control.realms.remove(realm)
      recall.forget()
      await files.clear(realm)
    },
    async zoneOf(realm) {
      return (await findRealm(realm.tenantId, realm.communityId))?.timezone ?? timezone
    },
    async tenantOfHost(host) {
      return await control.realms.tenantOfHost(host)
    },
    async discover(by) {
      return await control.realms.find(by)
    },
  }
}
