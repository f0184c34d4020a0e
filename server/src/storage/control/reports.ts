import { type Kysely, type SelectQueryBuilder, sql, type Transaction } from 'kysely'
import type { DefinedQuestion } from '../../core/definition.ts'
import type { Realm } from '../../core/realm.ts'
import type { DefinitionRecord, GeneratedRecord, PageOf, ReportRecords } from '../../ports/generated.ts'
import type { Tables } from './tables.ts'

const toDefinition = (row: Tables['defined_report']): DefinitionRecord => ({
  id: row.id,
  title: row.title,
  type: row.type,
  queryFilter: row.query_filter,
  queryOrder: row.query_order,
  question: JSON.parse(row.question) as DefinedQuestion,
  createdBy: row.created_by,
  createdAt: row.created_at,
  modifiedAt: row.modified_at,
  removed: row.removed === 1,
})

const toGenerated = (row: Tables['generated_report']): GeneratedRecord => ({
  id: row.id,
  title: row.title,
  definitionId: row.definition_id,
  type: row.type,
  queryFilter: row.query_filter,
  queryOrder: row.query_order,
  window: row.window_from !== null && row.window_to !== null ? { from: row.window_from, to: row.window_to } : null,
  generatedAt: row.generated_at,
  createdBy: row.created_by,
  periodic: row.periodic === 1,
  run: row.run_id,
  createdOn: row.created_on,
  rows: row.row_count,
  file: row.file,
  createdAt: row.created_at,
  modifiedAt: row.modified_at,
  removed: row.removed === 1,
})

type Table = 'defined_report' | 'generated_report'

/** A page of records, by their ids. */
const pageOf = <T extends Table, Found>(
  records: SelectQueryBuilder<Tables, T, Found>,
  { after, limit }: PageOf,
): Promise<readonly Found[]> =>
  (after === undefined ? records : records.where(sql<boolean>`id > ${after}`)).orderBy(sql`id`).limit(limit).execute()

/** Definitions and generated reports of each realm. */
export const makeReportRecords = (db: Kysely<Tables>): ReportRecords => {
  const mark = async (table: Table, realm: Realm, id: string, now: number): Promise<boolean> => {
    const done = await db
      .updateTable(table)
      .set({ removed: 1, modified_at: now })
      .where('tenant_id', '=', realm.tenantId)
      .where('community_id', '=', realm.communityId)
      .where('id', '=', id)
      .where('removed', '=', 0)
      .executeTakeFirst()
    return done.numUpdatedRows > 0n
  }
  const definitions = (realm: Realm) =>
    db
      .selectFrom('defined_report')
      .selectAll()
      .where('tenant_id', '=', realm.tenantId)
      .where('community_id', '=', realm.communityId)
  const generated = (realm: Realm) =>
    db
      .selectFrom('generated_report')
      .selectAll()
      .where('tenant_id', '=', realm.tenantId)
      .where('community_id', '=', realm.communityId)

  return {
    nextNumber: () =>
      db.transaction().execute(async (trx) => {
        await trx
          .updateTable('object_number')
          .set((eb) => ({ value: eb('value', '+', 1) }))
          .execute()
        return (await trx.selectFrom('object_number').select('value').executeTakeFirstOrThrow()).value
      }),

    definitions: {
      async create(realm, record) {
        await db
          .insertInto('defined_report')
          .values({
            id: record.id,
            tenant_id: realm.tenantId,
            community_id: realm.communityId,
            title: record.title,
            type: record.type,
            query_filter: record.queryFilter,
            query_order: record.queryOrder,
            question: JSON.stringify(record.question),
            created_by: record.createdBy,
            created_at: record.createdAt,
            modified_at: record.modifiedAt,
            removed: record.removed ? 1 : 0,
          })
          .execute()
      },
      async get(realm, id) {
        const row = await definitions(realm).where('id', '=', id).executeTakeFirst()
        return row && toDefinition(row)
      },
      list: async (realm, page) => (await pageOf(definitions(realm), page)).map(toDefinition),
      async change(realm, id, said, now) {
        const done = await db
          .updateTable('defined_report')
          .set({
            modified_at: now,
            ...(said.title === undefined ? {} : { title: said.title }),
            ...(said.queryFilter === undefined ? {} : { query_filter: said.queryFilter }),
            ...(said.queryOrder === undefined ? {} : { query_order: said.queryOrder }),
            ...(said.question === undefined ? {} : { question: JSON.stringify(said.question) }),
          })
          .where('tenant_id', '=', realm.tenantId)
          .where('community_id', '=', realm.communityId)
          .where('id', '=', id)
          .where('removed', '=', 0)
          .executeTakeFirst()
        return done.numUpdatedRows > 0n
      },
      remove: (realm, id, now) => mark('defined_report', realm, id, now),
    },

    generated: {
      async create(realm, record) {
        const added = await db
          .insertInto('generated_report')
          .values({
            id: record.id,
            tenant_id: realm.tenantId,
            community_id: realm.communityId,
            title: record.title,
            definition_id: record.definitionId,
            type: record.type,
            query_filter: record.queryFilter,
            query_order: record.queryOrder,
            window_from: record.window?.from ?? null,
            window_to: record.window?.to ?? null,
            generated_at: record.generatedAt,
            created_by: record.createdBy,
            periodic: record.periodic ? 1 : 0,
            run_id: record.run,
            created_on: record.createdOn,
            row_count: record.rows,
            file: record.file,
            created_at: record.createdAt,
            modified_at: record.modifiedAt,
            removed: record.removed ? 1 : 0,
          })
          .onConflict((conflict) => conflict.column('run_id').doNothing())
          .executeTakeFirst()
        return added.numInsertedOrUpdatedRows !== 0n
      },
      async get(realm, id) {
        const row = await generated(realm).where('id', '=', id).executeTakeFirst()
        return row && toGenerated(row)
      },
      list: async (realm, page) => (await pageOf(generated(realm), page)).map(toGenerated),
      remove: (realm, id, now) => mark('generated_report', realm, id, now),
    },
  }
}

/** Forgets a realm's definitions and the records of its reports. */
export const removeReportRecords = async (trx: Transaction<Tables>, realm: Realm): Promise<void> => {
  for (const table of ['defined_report', 'generated_report'] as const)
    await trx
      .deleteFrom(table)
      .where('tenant_id', '=', realm.tenantId)
      .where('community_id', '=', realm.communityId)
      .execute()
}
