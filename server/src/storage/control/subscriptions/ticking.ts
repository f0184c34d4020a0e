import type { Kysely } from 'kysely'
import type { Due, Subscriptions } from '../../../ports/subscriptions.ts'
import { mayTake, taking } from '../lease.ts'
import type { Tables } from '../tables.ts'
import { aimColumns, fromRun, toSubscription } from './records.ts'
import { addRun } from './runs.ts'
import { unmoved } from './unmoved.ts'

type Ticking = Pick<Subscriptions, 'lease' | 'release' | 'due' | 'strayed' | 'advance'>

/** What the ticker asks and writes; each writing first looks whether its lease is still held. */
export const makeTicking = (db: Kysely<Tables>): Ticking => {
  const lease = () => db.updateTable('lease').where('name', '=', 'ticker')
  /** Subscriptions of realms that there are, with the zone that their realm has now. */
  const withZone = (standardZone: string) =>
    db
      .selectFrom('subscription')
      .innerJoin('community', (join) =>
        join
          .onRef('community.tenant_id', '=', 'subscription.tenant_id')
          .onRef('community.id', '=', 'subscription.community_id'),
      )
      .selectAll('subscription')
      .select((eb) => eb.fn.coalesce('community.timezone', eb.val(standardZone)).as('zone_now'))
      .where('removed_at', 'is', null)
      .where('paused', '=', 0)
  const toDue = ({ zone_now, ...row }: Tables['subscription'] & { zone_now: string }): Due => ({
    subscription: toSubscription(row),
    zone: zone_now,
  })

  return {
    async lease(holder, now, ttlMs) {
      const wrote = await lease()
        .set(taking(holder, now + ttlMs))
        .where(mayTake(holder, now))
        .returning('fence')
        .executeTakeFirst()
      return wrote ? { holder, fence: Number(wrote.fence) } : null
    },

    async release({ holder, fence }) {
      await lease().set({ holder: '', held_until: 0 }).where('holder', '=', holder).where('fence', '=', fence).execute()
    },

    async due(now, standardZone, limit) {
      const rows = await withZone(standardZone)
        .where('next_due', '<=', now)
        .orderBy('next_due')
        .orderBy('subscription.id')
        .limit(limit)
        .execute()
      return rows.map(toDue)
    },

    async strayed(standardZone, limit) {
      const rows = await withZone(standardZone)
        .where((eb) => eb('zone', '!=', eb.fn.coalesce('community.timezone', eb.val(standardZone))))
        .orderBy('subscription.id')
        .limit(limit)
        .execute()
      return rows.map(toDue)
    },

    advance: (held, { subscription }, aim, runs, now) =>
      db.transaction().execute(async (trx) => {
        const mine = await trx
          .updateTable('lease')
          .set((eb) => ({ fence: eb.ref('fence') }))
          .where('name', '=', 'ticker')
          .where('holder', '=', held.holder)
          .where('fence', '=', held.fence)
          .executeTakeFirst()
        if (mine.numUpdatedRows === 0n) return false
        const moved = await unmoved(trx, subscription).where('paused', '=', 0).set(aimColumns(aim)).executeTakeFirst()
        if (moved.numUpdatedRows === 0n) return false
        for (const run of runs) await addRun(trx, fromRun(subscription, run, now))
        return true
      }),
  }
}
