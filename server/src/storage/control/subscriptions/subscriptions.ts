import type { Kysely, Transaction } from 'kysely'
import { Fault } from '../../../core/fault.ts'
import type { Realm } from '../../../core/realm.ts'
import type { Subscriptions } from '../../../ports/subscriptions.ts'
import type { Tables } from '../tables.ts'
import { idIssues, refuseIssues } from '../text.ts'
import { aimColumns, fromRun, fromSubscription, sendingColumns, toSubscription } from './records.ts'
import { addRun, makeRuns } from './runs.ts'
import { makeTicking } from './ticking.ts'
import { unmoved } from './unmoved.ts'

const taken = (id: string): Fault<'conflict'> =>
  new Fault(
    'conflict',
    { what: 'subscription', id, why: 'in-use' },
    'There is a subscription of this definition for this period already; change that one, or choose another period',
  )

/** Adds or changes one; the index says when its owner has this definition at this cadence already. */
const once = async <T>(trx: Transaction<Tables>, row: Partial<Tables['subscription']>, work: () => Promise<T>) => {
  if (row.definition !== null && row.definition !== undefined) {
    const other = await trx
      .selectFrom('subscription')
      .select('id')
      .where('tenant_id', '=', row.tenant_id ?? '')
      .where('community_id', '=', row.community_id ?? '')
      .where('owner_user', '=', row.owner_user ?? '')
      .where('definition', '=', row.definition)
      .where('cadence', '=', row.cadence ?? 'day')
      .where('id', '!=', row.id ?? '')
      .where('removed_at', 'is', null)
      .executeTakeFirst()
    if (other) throw taken(other.id)
  }
  return await work()
}

export const makeSubscriptions = (db: Kysely<Tables>): Subscriptions => {
  const ofRealm = (from: Pick<Kysely<Tables>, 'selectFrom'>, realm: Realm) =>
    from
      .selectFrom('subscription')
      .where('tenant_id', '=', realm.tenantId)
      .where('community_id', '=', realm.communityId)
      .where('removed_at', 'is', null)
  const removing = (realm: Realm, now: number) =>
    db
      .updateTable('subscription')
      .set({ removed_at: now })
      .where('tenant_id', '=', realm.tenantId)
      .where('community_id', '=', realm.communityId)
      .where('removed_at', 'is', null)

  return {
    async create(realm, subscription) {
      refuseIssues(idIssues('id', subscription.id))
      const row = fromSubscription(realm, subscription)
      return await db.transaction().execute(async (trx) => {
        const added = await once(trx, row, () =>
          trx
            .insertInto('subscription')
            .values(row)
            .onConflict((conflict) => conflict.doNothing())
            .executeTakeFirst(),
        )
        if (added.numInsertedOrUpdatedRows === 0n) throw taken(row.id)
        return toSubscription(row)
      })
    },

    async get(realm, id) {
      const row = await ofRealm(db, realm).selectAll().where('id', '=', id).executeTakeFirst()
      return row && toSubscription(row)
    },

    async list(realm, { owner, definition, after, limit }) {
      let rows = ofRealm(db, realm).selectAll().orderBy('id').limit(limit)
      if (owner !== undefined) rows = rows.where('owner_user', '=', owner)
      if (definition !== undefined) rows = rows.where('definition', '=', definition)
      if (after !== undefined) rows = rows.where('id', '>', after)
      return (await rows.execute()).map(toSubscription)
    },

    change: (before, said, skipped, now) =>
      db.transaction().execute(async (trx) => {
        const row = { ...(await ofRealm(trx, before.realm).selectAll().where('id', '=', before.id).executeTakeFirst()) }
        if (row.id === undefined) return undefined
        const next = {
          ...sendingColumns(said),
          ...(said.aim === undefined ? {} : aimColumns(said.aim)),
          ...(said.owner === undefined ? {} : { owner_user: said.owner.user, owner_key: said.owner.key }),
          ...(said.sealedSecret === undefined ? {} : { sealed_secret: said.sealedSecret }),
          // Two changes within a millisecond are two.
          modified_at: Math.max(now, before.modifiedAt + 1),
        }
        const wrote = await once(trx, { ...row, ...next }, () => unmoved(trx, before).set(next).executeTakeFirst())
        if (wrote.numUpdatedRows === 0n) return undefined
        for (const run of skipped) await addRun(trx, fromRun(before, run, now))
        const stored = await ofRealm(trx, before.realm).selectAll().where('id', '=', before.id).executeTakeFirst()
        return stored && toSubscription(stored)
      }),

    async remove(realm, id, now) {
      const { numUpdatedRows } = await removing(realm, now).where('id', '=', id).executeTakeFirst()
      return numUpdatedRows > 0n
    },

    async removeOfDefinition(realm, definition, now) {
      const { numUpdatedRows } = await removing(realm, now).where('definition', '=', definition).executeTakeFirst()
      return Number(numUpdatedRows)
    },

    async secret(id) {
      const row = await db.selectFrom('subscription').select('sealed_secret').where('id', '=', id).executeTakeFirst()
      return row?.sealed_secret ?? undefined
    },

    reseal: (reseal) =>
      db.transaction().execute(async (trx) => {
        const rows = await trx
          .selectFrom('subscription')
          .select(['id', 'sealed_secret'])
          .where('sealed_secret', 'is not', null)
          .execute()
        for (const { id, sealed_secret } of rows)
          if (sealed_secret)
            await trx
              .updateTable('subscription')
              .set({ sealed_secret: reseal(sealed_secret) })
              .where('id', '=', id)
              .execute()
        return rows.length
      }),

    ...makeTicking(db),
    runs: makeRuns(db),
  }
}
