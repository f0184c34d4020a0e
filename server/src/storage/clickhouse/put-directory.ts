import type { ClickHouseClient } from '@clickhouse/client'
import type { DirectoryRow } from '../../ports/directory.ts'

/** Puts objects of the directory; the latest version of each counts. Durable when it resolves. */
export const putDirectory = async (app: ClickHouseClient, rows: readonly DirectoryRow[]): Promise<void> => {
  if (rows.length === 0) return
  await app.insert({
    table: 'directory',
    format: 'JSONEachRow',
    values: rows.map(({ realm, object }) => ({
      tenant_id: realm.tenantId,
      community_id: realm.communityId,
      kind: object.kind,
      id: object.id,
      external_id: object.externalId ?? '',
      name: object.name,
      display: object.display,
      status: object.status,
      subject_kind: object.subject?.kind ?? '',
      subject_id: object.subject?.id ?? '',
      object_kind: object.object?.kind ?? '',
      object_id: object.object?.id ?? '',
      relation: object.relation,
      attributes: object.attributes,
      created_ts: object.createdAt,
      created_by: object.createdBy,
      modified_ts: object.modifiedAt,
      version: object.version,
      removed: object.removed ? 1 : 0,
    })),
    clickhouse_settings: { async_insert: 0, wait_end_of_query: 1 },
  })
}
