import { randomBytes } from 'node:crypto'
import type { Kysely, Transaction } from 'kysely'
import { Fault } from '../../core/fault.ts'
import { mintRealm } from '../../core/realm.ts'
import type { RealmRecord, Realms } from '../../ports/control.ts'
import { removeDirectory } from './directory/changing.ts'
import { giveClock } from './recounts.ts'
import { removeReportRecords } from './reports.ts'
import { makeStandardZone } from './standard-zone.ts'
import type { Tables } from './tables.ts'
import { addTenant, namesOfTenants, putDns, refuseTakenTag, tenantOfHost } from './tenants.ts'
import { idIssues, nameIssues, refuseIssues } from './text.ts'
import type { Changes } from './version.ts'

type Reader = Pick<Kysely<Tables>, 'selectFrom'>

/** 24 hex digits, as the ids of this field's directories are. */
const newId = (): string => randomBytes(12).toString('hex')

/** Folds a name for a look-up that does not heed case; done here, since engines fold by their own rules. */
const fold = (name: string): string => name.toLowerCase()

const realmsOf = (from: Reader) =>
  from
    .selectFrom('community')
    .innerJoin('tenant', 'tenant.id', 'community.tenant_id')
    .select([
      'tenant.id as tenantId',
      'tenant.tag as tag',
      'tenant.name as tenantName',
      'community.id as communityId',
      'community.name as communityName',
      'community.timezone as timezone',
      'community.clock as clock',
      'community.counted_clock as countedClock',
      'community.created_at as createdAt',
    ])

type RealmRow = Awaited<ReturnType<ReturnType<typeof realmsOf>['execute']>>[number]

const toRecords = async (from: Reader, rows: readonly RealmRow[]): Promise<RealmRecord[]> => {
  const dns = await namesOfTenants(from, [...new Set(rows.map((row) => row.tenantId))])
  return rows.map((row) => ({
    realm: mintRealm(row.tenantId, row.communityId),
    tenant: { id: row.tenantId, tag: row.tag, name: row.tenantName, dns: dns.get(row.tenantId) ?? [] },
    community: { id: row.communityId, name: row.communityName },
    timezone: row.timezone,
    clock: row.clock,
    countedClock: row.countedClock,
    createdAt: row.createdAt,
  }))
}

const getFrom = async (from: Reader, tenantId: string, communityId: string): Promise<RealmRecord | undefined> => {
  const rows = await realmsOf(from)
    .where('community.tenant_id', '=', tenantId)
    .where('community.id', '=', communityId)
    .execute()
  return (await toRecords(from, rows))[0]
}

/** @throws Fault `conflict` when the tenant has a community of this name, other than `except`. */
const refuseTakenName = async (
  trx: Transaction<Tables>,
  tenantId: string,
  name: string,
  except: string,
): Promise<void> => {
  const taken = await trx
    .selectFrom('community')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('name', '=', name)
    .where('id', '!=', except)
    .executeTakeFirst()
  if (taken)
    throw new Fault(
      'conflict',
      { what: 'community', id: taken.id, why: 'name' },
      `The tenant has a community named ${JSON.stringify(name)} already (${taken.id})`,
    )
}

/** Reads back what `realmKey` made of a realm. */
const parseAfter = (after: string): { tenantId: string; communityId: string } | undefined => {
  const [, digits, rest] = /^(\d+):([\s\S]*)$/.exec(after) ?? []
  if (digits === undefined || rest === undefined || rest[Number(digits)] !== '/') return undefined
  return { tenantId: rest.slice(0, Number(digits)), communityId: rest.slice(Number(digits) + 1) }
}

export const makeRealms = (db: Kysely<Tables>, changes: Changes, now: () => number): Realms => ({
  async create(draft, now) {
    refuseIssues([
      ...idIssues('tenant.id', draft.tenant.id),
      ...idIssues('community.id', draft.community.id),
      ...nameIssues('community.name', draft.community.name),
    ])
    const tenantId = draft.tenant.id ?? newId()
    const communityId = draft.community.id ?? newId()
    return changes.change(async (trx) => {
      await addTenant(trx, tenantId, draft.tenant)
      await refuseTakenName(trx, tenantId, draft.community.name, communityId)
      const added = await trx
        .insertInto('community')
        .values({
          tenant_id: tenantId,
          id: communityId,
          name: draft.community.name,
          name_folded: fold(draft.community.name),
          timezone: draft.timezone ?? null,
          clock: 1,
          counted_clock: 1,
          created_at: now,
        })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst()
      if (added.numInsertedOrUpdatedRows === 0n)
        throw new Fault(
          'conflict',
          { what: 'realm', id: `${tenantId}/${communityId}`, why: 'exists' },
          `The realm ${tenantId}/${communityId} is there already`,
        )
      const record = await getFrom(trx, tenantId, communityId)
      if (!record) throw new Error('The realm was not there after it was added')
      return record
    })
  },

  get: (tenantId, communityId) => getFrom(db, tenantId, communityId),

  async find({ dns, tenantId, communityId, communityName }) {
    if ([dns, tenantId, communityId, communityName].every((part) => part === undefined)) return undefined
    let query = realmsOf(db).limit(2)
    if (tenantId !== undefined) query = query.where('tenant.id', '=', tenantId)
    if (dns !== undefined)
      query = query.where('tenant.id', '=', (eb) =>
        eb.selectFrom('tenant_dns').select('tenant_id').where('name', '=', dns.toLowerCase()),
      )
    if (communityId !== undefined) query = query.where('community.id', '=', communityId)
    const named =
      communityName === undefined
        ? [query]
        : [
            query.where('community.name', '=', communityName),
            query.where('community.name_folded', '=', fold(communityName)),
          ]
    for (const search of named) {
      const rows = await search.execute()
      if (rows.length === 1) return (await toRecords(db, rows))[0]
      if (rows.length > 1) return undefined
    }
    return undefined
  },

  tenantOfHost: (host) => tenantOfHost(db, host),

  async list({ after, limit }) {
    let query = realmsOf(db).orderBy('community.tenant_id').orderBy('community.id').limit(limit)
    const from = after === undefined ? undefined : parseAfter(after)
    if (from)
      query = query.where((eb) =>
        eb.or([
          eb('community.tenant_id', '>', from.tenantId),
          eb.and([eb('community.tenant_id', '=', from.tenantId), eb('community.id', '>', from.communityId)]),
        ]),
      )
    return toRecords(db, await query.execute())
  },

  async update(realm, said) {
    const { tenantId, communityId } = realm
    refuseIssues([
      ...nameIssues('tenant.name', said.tenant?.name),
      ...nameIssues('tenant.tag', said.tenant?.tag),
      ...nameIssues('community.name', said.community?.name),
    ])
    return changes.change(async (trx) => {
      const before = await getFrom(trx, tenantId, communityId)
      if (!before) return undefined
      const { name, tag, dns } = said.tenant ?? {}
      if (tag !== undefined) await refuseTakenTag(trx, tag, tenantId)
      if (name !== undefined || tag !== undefined)
        await trx
          .updateTable('tenant')
          .set({ ...(name === undefined ? {} : { name }), ...(tag === undefined ? {} : { tag }) })
          .where('id', '=', tenantId)
          .execute()
      if (dns) await putDns(trx, tenantId, dns)
      const community = said.community?.name
      if (community !== undefined) await refuseTakenName(trx, tenantId, community, communityId)
      if (community !== undefined || said.timezone !== undefined)
        await trx
          .updateTable('community')
          .set({
            ...(community === undefined ? {} : { name: community, name_folded: fold(community) }),
            ...(said.timezone === undefined ? {} : { timezone: said.timezone }),
          })
          .where('tenant_id', '=', tenantId)
          .where('id', '=', communityId)
          .execute()
      if (said.timezone !== undefined && said.timezone !== before.timezone)
        await giveClock(trx, realm, before.clock + 1, now())
      return getFrom(trx, tenantId, communityId)
    })
  },

  standardZone: makeStandardZone(changes, now),

  counted: (realm, clock) =>
    changes.change(async (trx) => {
      await trx
        .updateTable('community')
        .set({ counted_clock: clock })
        .where('tenant_id', '=', realm.tenantId)
        .where('id', '=', realm.communityId)
        .where('clock', '=', clock)
        .execute()
    }),

  remove: (realm) =>
    changes.change(async (trx) => {
      const { tenantId, communityId } = realm
      const gone = await trx
        .deleteFrom('community')
        .where('tenant_id', '=', tenantId)
        .where('id', '=', communityId)
        .executeTakeFirst()
      if (gone.numDeletedRows === 0n) return false
      const keys = trx
        .selectFrom('access_key')
        .where('tenant_id', '=', tenantId)
        .where('community_id', '=', communityId)
      await trx
        .deleteFrom('licence_grant')
        .where((eb) =>
          eb.or([
            eb.and([eb('tenant_id', '=', tenantId), eb('community_id', '=', communityId)]),
            eb('key_id', 'in', keys.select('id')),
            eb('key_id', 'in', keys.select('key_id').where('key_id', 'is not', null).$castTo<{ key_id: string }>()),
          ]),
        )
        .execute()
      for (const table of ['subscription', 'subscription_run', 'job', 'delivery'] as const)
        await trx.deleteFrom(table).where('tenant_id', '=', tenantId).where('community_id', '=', communityId).execute()
      await trx
        .deleteFrom('access_key')
        .where('tenant_id', '=', tenantId)
        .where('community_id', '=', communityId)
        .execute()
      await removeDirectory(trx, realm, now())
      await removeReportRecords(trx, realm)
      const sibling = await trx
        .selectFrom('community')
        .select('id')
        .where('tenant_id', '=', tenantId)
        .limit(1)
        .executeTakeFirst()
      if (!sibling) await trx.deleteFrom('tenant').where('id', '=', tenantId).execute()
      return true
    }),
})
