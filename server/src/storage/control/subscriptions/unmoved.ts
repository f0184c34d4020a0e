import type { Transaction } from 'kysely'
import type { SubscriptionRecord } from '../../../ports/subscriptions.ts'
import type { Tables } from '../tables.ts'

/** Changes a subscription only while nobody changed it, removed it or moved it on since it was read. */
export const unmoved = (trx: Transaction<Tables>, before: SubscriptionRecord) =>
  trx
    .updateTable('subscription')
    .where('id', '=', before.id)
    .where('removed_at', 'is', null)
    .where('modified_at', '=', before.modifiedAt)
    .where('next_start', '=', before.aim.standing.start)
    .where('next_due', '=', before.aim.due)
