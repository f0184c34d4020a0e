import { mintRealm } from '../../core/realm.ts'
import type { Realms } from '../../ports/control.ts'
import { giveClock } from './recounts.ts'
import type { Changes } from './version.ts'

/** Notes the zone of realms that set none; where it is another than before, each of them gets a clock of its own. */
export const makeStandardZone =
  ({ change }: Changes, now: () => number): Realms['standardZone'] =>
  (zone) =>
    change(async (trx) => {
      const { standard_zone: before } = await trx.selectFrom('store').select('standard_zone').executeTakeFirstOrThrow()
      if (before === zone) return { before, realms: 0 }
      await trx.updateTable('store').set({ standard_zone: zone }).execute()
      if (before === null) return { before, realms: 0 }
      const without = await trx
        .selectFrom('community')
        .select(['tenant_id', 'id', 'clock'])
        .where('timezone', 'is', null)
        .execute()
      for (const { tenant_id, id, clock } of without) await giveClock(trx, mintRealm(tenant_id, id), clock + 1, now())
      return { before, realms: without.length }
    })
