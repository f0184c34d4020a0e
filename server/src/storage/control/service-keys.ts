import type { Kysely } from 'kysely'
import type { ServiceKeyRecord, ServiceKeys } from '../../ports/control.ts'
import type { Tables } from './tables.ts'
import type { Changes } from './version.ts'

const toRecord = (row: Tables['service_key']): ServiceKeyRecord => ({
  keyId: row.key_id,
  service: row.service,
  sealedSecret: new Uint8Array(row.sealed_secret),
  createdAt: row.created_at,
  retiredAt: row.retired_at,
})

const toRow = (record: ServiceKeyRecord): Tables['service_key'] => ({
  key_id: record.keyId,
  service: record.service,
  sealed_secret: record.sealedSecret,
  created_at: record.createdAt,
  retired_at: record.retiredAt,
})

export const makeServiceKeys = (db: Kysely<Tables>, { change }: Changes): ServiceKeys => ({
  async list(service) {
    const rows = await db
      .selectFrom('service_key')
      .selectAll()
      .where('service', '=', service)
      .orderBy((eb) => eb.case().when('retired_at', 'is', null).then(0).else(1).end())
      .orderBy('created_at', 'desc')
      .orderBy('key_id')
      .execute()
    return rows.map(toRecord)
  },

  async ensure(record) {
    const current = (from: Pick<Kysely<Tables>, 'selectFrom'>) =>
      from
        .selectFrom('service_key')
        .selectAll()
        .where('service', '=', record.service)
        .where('retired_at', 'is', null)
        .executeTakeFirst()
    const there = await current(db)
    if (there) return toRecord(there)
    return change(async (trx) => {
      await trx
        .insertInto('service_key')
        .values(toRow(record))
        .onConflict((conflict) => conflict.doNothing())
        .execute()
      const agreed = await current(trx)
      if (!agreed)
        throw new Error(`The key ${record.keyId} was used before, and no key of ${record.service} is current`)
      return toRecord(agreed)
    })
  },

  replace: (keyId, by, now) =>
    change(async (trx) => {
      const retired = await trx
        .updateTable('service_key')
        .set({ retired_at: now })
        .where('key_id', '=', keyId)
        .where('service', '=', by.service)
        .where('retired_at', 'is', null)
        .executeTakeFirst()
      if (retired.numUpdatedRows === 0n) return false
      await trx.insertInto('service_key').values(toRow(by)).execute()
      return true
    }),

  reseal: (reseal) =>
    change(async (trx) => {
      const rows = await trx.selectFrom('service_key').select(['key_id', 'sealed_secret']).execute()
      for (const row of rows)
        await trx
          .updateTable('service_key')
          .set({ sealed_secret: reseal(new Uint8Array(row.sealed_secret)) })
          .where('key_id', '=', row.key_id)
          .execute()
      return rows.length
    }),

  forget: (retiredBefore) =>
    change(async (trx) => {
      const gone = await trx.deleteFrom('service_key').where('retired_at', '<', retiredBefore).executeTakeFirst()
      return Number(gone.numDeletedRows)
    }),
})
