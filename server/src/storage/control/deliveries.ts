import type { Kysely } from 'kysely'
import { mintRealm, type Realm } from '../../core/realm.ts'
import type { Deliveries, DeliveryRecord, NewDelivery } from '../../ports/jobs.ts'
import type { Tables } from './tables.ts'
import { withoutNul } from './text.ts'

const toRecord = (row: Tables['delivery']): DeliveryRecord => ({
  id: row.id,
  realm: mintRealm(row.tenant_id, row.community_id),
  owner: { kind: row.owner_kind, id: row.owner_id },
  channel: row.channel,
  address: row.address,
  state: row.state,
  attempts: row.attempts,
  error: row.error,
  messageId: row.message_id,
  message: JSON.parse(row.message),
  createdAt: row.created_at,
  dueAt: row.due_at,
  sentAt: row.sent_at,
})

/** A new delivery as it is kept, waiting to be sent. */
export const deliveryRow = (
  realm: Pick<Tables['delivery'], 'tenant_id' | 'community_id'>,
  delivery: NewDelivery,
  place: number,
  now: number,
): Tables['delivery'] => ({
  id: delivery.id,
  place,
  tenant_id: realm.tenant_id,
  community_id: realm.community_id,
  owner_kind: delivery.owner.kind,
  owner_id: delivery.owner.id,
  channel: delivery.channel,
  address: delivery.address,
  state: 'pending',
  attempts: 0,
  error: null,
  message_id: delivery.messageId,
  message: withoutNul(JSON.stringify(delivery.message)),
  created_at: now,
  due_at: now,
  sending_until: null,
  sent_at: null,
})

/** How many that are due are looked at for one claim; others may take some of them meanwhile. */
const CANDIDATES = 20

export const makeDeliveries = (db: Kysely<Tables>): Deliveries => {
  const ofRealm = (realm: Realm) =>
    db
      .selectFrom('delivery')
      .selectAll()
      .where('tenant_id', '=', realm.tenantId)
      .where('community_id', '=', realm.communityId)
  return {
    create: (realm, deliveries, now) =>
      db.transaction().execute(async (trx) => {
        const ids = { tenant_id: realm.tenantId, community_id: realm.communityId }
        for (const [place, delivery] of deliveries.entries())
          await trx
            .insertInto('delivery')
            .values(deliveryRow(ids, delivery, place, now))
            .execute()
      }),

    async of(realm, owner) {
      const rows = await ofRealm(realm)
        .where('owner_kind', '=', owner.kind)
        .where('owner_id', '=', owner.id)
        .orderBy('created_at')
        .orderBy('place')
        .orderBy('id')
        .execute()
      return rows.map(toRecord)
    },

    async get(realm, id) {
      const row = await ofRealm(realm).where('id', '=', id).executeTakeFirst()
      return row && toRecord(row)
    },

    async claim({ channels, now, untilMs }) {
      if (channels.length === 0) return undefined
      const due = await db
        .selectFrom('delivery')
        .selectAll()
        .where('channel', 'in', channels)
        .where('state', '=', 'pending')
        .where('due_at', '<=', now)
        .orderBy('due_at')
        .orderBy('id')
        .limit(CANDIDATES)
        .execute()
      for (const row of due) {
        const taken = { state: 'sending' as const, sending_until: now + untilMs, attempts: row.attempts + 1 }
        const wrote = await db
          .updateTable('delivery')
          .set(taken)
          .where('id', '=', row.id)
          .where('state', '=', 'pending')
          .where('attempts', '=', row.attempts)
          .executeTakeFirst()
        if (wrote.numUpdatedRows > 0n) return toRecord({ ...row, ...taken })
      }
      return undefined
    },

    async settle(delivery, end, now) {
      const wrote = await db
        .updateTable('delivery')
        .set({
          state: end.state,
          error: end.error === null ? null : withoutNul(end.error),
          sending_until: null,
          ...(end.dueAt === undefined ? {} : { due_at: end.dueAt }),
          ...(end.state === 'sent' ? { sent_at: now } : {}),
        })
        .where('id', '=', delivery.id)
        .where('state', '=', 'sending')
        .where('attempts', '=', delivery.attempts)
        .executeTakeFirst()
      return wrote.numUpdatedRows > 0n
    },

    async doubt(now) {
      const wrote = await db
        .updateTable('delivery')
        .set({
          state: 'unknown',
          sending_until: null,
          error: 'The process that sent it ended meanwhile: it may have arrived. Send it again by hand if it has not',
        })
        .where('state', '=', 'sending')
        .where('sending_until', '<', now)
        .executeTakeFirst()
      return Number(wrote.numUpdatedRows)
    },

    async again(realm, id, now) {
      const wrote = await db
        .updateTable('delivery')
        .set({ state: 'pending', due_at: now, error: null })
        .where('id', '=', id)
        .where('tenant_id', '=', realm.tenantId)
        .where('community_id', '=', realm.communityId)
        .where('state', 'in', ['failed', 'unknown'])
        .executeTakeFirst()
      return wrote.numUpdatedRows > 0n
    },
  }
}
