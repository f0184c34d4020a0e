import { type ClickHouseClient, ClickHouseError } from '@clickhouse/client'
import { realmFilter, realmHeaders } from './realm-filter.ts'
import { reportSettings } from './report-settings.ts'
import { readableTables } from './tables.ts'

export interface RowFilterOptions {
  readonly app: ClickHouseClient
  readonly report: ClickHouseClient
  readonly database: string
  readonly reportUser: string
}

/** A realm that no tenant can have, since its tenant has no name. */
const probe = { tenantId: '', communityId: 'probe' }
const nobody = { tenantId: '', communityId: '' }
const someoneElse = { tenantId: 'probe', communityId: 'probe' }

/** An event of the probe's realm that puts a row into every table; later than any month that retention drops. */
const probeEvent = {
  tenant_id: probe.tenantId,
  community_id: probe.communityId,
  event_id: 'probe',
  event_name: 'probe',
  action: 'login',
  outcome: 'success',
  event_ts: Date.UTC(2100, 0, 1),
  user_id: 'probe',
  session_id: 'probe',
  raw: '{}',
}

/**
 * Makes the report user's row filters, where the engine keeps access in SQL, and proves them by reading: each table
 * shows its own realm's rows, and none without a realm or with another one.
 * @throws Error one sentence that names the missing grant or filter
 */
export const proveRowFilters = async (options: RowFilterOptions): Promise<void> => {
  const { app, database, reportUser } = options
  const user = `\`${reportUser.replace(/[\\`]/g, '\\$&')}\``
  for (const table of readableTables) {
    const policy = `CREATE ROW POLICY OR REPLACE rollcall_realm ON ${database}.${table} USING ${realmFilter} TO ${user}`
    const refusal = await app.command({ query: policy }).then(
      () => undefined,
      (error: unknown) => error,
    )
    await placeProbe(app, table)
    await prove(options, table, policy, user, refusal)
  }
}

/** What puts a row of the probe's realm into a table: an event, which feeds most, or a row of its own. */
const probes: Readonly<Record<string, object>> = {
  directory: { tenant_id: probe.tenantId, community_id: probe.communityId, kind: 'user', id: 'probe' },
  registrations: { tenant_id: probe.tenantId, community_id: probe.communityId, user_id: 'probe' },
  proofing: { tenant_id: probe.tenantId, community_id: probe.communityId, session_id: 'probe' },
  privileged_sessions: { tenant_id: probe.tenantId, community_id: probe.communityId, session_id: 'probe' },
}

const placeProbe = async (app: ClickHouseClient, table: string): Promise<void> => {
  const there = await app.query({
    query: `SELECT count() AS n FROM ${table} WHERE tenant_id = '' AND community_id = 'probe'`,
    format: 'JSONEachRow',
  })
  const [first] = await there.json<{ n: string | number }>()
  if (Number(first?.n) > 0) return
  const own = probes[table]
  await app.insert({ table: own ? table : 'events', values: [own ?? probeEvent], format: 'JSONEachRow' })
}

const settingRefused: ReadonlySet<string> = new Set(['READONLY', 'SETTING_CONSTRAINT_VIOLATION'])

const prove = async (
  { report, database, reportUser }: RowFilterOptions,
  table: string,
  policy: string,
  user: string,
  refusal: unknown,
): Promise<void> => {
  const name = `${database}.${table}`
  const rows = (realm: typeof probe) => countRows(report, name, realm)
  const because = refusal instanceof Error ? ` (creating it failed: ${refusal.message.split('\n', 1)[0]})` : ''
  const leaks = `The report user ${reportUser} sees rows of ${name} that are not of its realm. As an administrator, run: ${policy}${because}`
  let own: number
  try {
    if ((await rows(nobody)) > 0 || (await rows(someoneElse)) > 0) throw new Error(leaks)
    own = await rows(probe)
  } catch (error) {
    if (error instanceof ClickHouseError && settingRefused.has(error.type ?? ''))
      throw new Error(
        `The report user ${reportUser} may not set what its queries need. As an administrator, run: ALTER USER ${user} SETTINGS readonly = 2`,
        { cause: error },
      )
    if (error instanceof ClickHouseError && error.type === 'ACCESS_DENIED')
      throw new Error(
        `The report user ${reportUser} may not read ${name}. As an administrator, run: GRANT SELECT ON ${name} TO ${user}`,
        { cause: error },
      )
    throw error
  }
  if (own === 0)
    throw new Error(
      `The report user ${reportUser} sees no rows of ${name}, not even of its realm. As an administrator, run: ${policy}${because}`,
    )
}

const proofSeconds = 30

const countRows = async (report: ClickHouseClient, table: string, realm: typeof probe): Promise<number> => {
  const answer = await report.query({
    query: `SELECT count() AS n FROM ${table}`,
    format: 'JSONEachRow',
    http_headers: realmHeaders(realm),
    clickhouse_settings: reportSettings(proofSeconds),
  })
  const [first] = await answer.json<{ n: string | number }>()
  return Number(first?.n)
}
