import type { Issue } from '../../../../core/fault.ts'
import type { Row } from '../../../../core/table.ts'
import type { Window } from '../../../../core/window.ts'
import { dayStart, isZone, localDay } from '../../../../core/zone.ts'
import { bodyIssue, emptyField } from '../../json-body.ts'
import type { ServiceParts } from '../../service/service-parts.ts'
import { refusals, SealedHeaders, sealed } from '../../service/shapes.ts'
import { type Body, oneDay, readWindow } from '../body.ts'
import { readText } from '../filters.ts'
import { MetricsBody, MetricsOrJob, RealmPath } from '../schemas.ts'
import { admit, sendJob, sendText } from '../serve-query.ts'

/** One metric: the report that answers it, its column of figures, and the column that names a group. */
interface Metric {
  readonly report: string
  readonly figure: string
  readonly name?: string
  /** Whether it is told over time; otherwise it is one figure, or one for each name. */
  readonly overTime?: boolean
}

/** C is one figure, G one for each name, T one for each day or hour, GT one for each of both (1Kosmos Reports v2.1). */
const metrics: Readonly<Record<string, Metric>> = {
  M_C_ACTIVE_USER: { report: 'active-users', figure: 'users' },
  M_C_LOGIN_FAILED: { report: 'failed-login-count', figure: 'failures' },
  M_C_LOGINS: { report: 'login-count', figure: 'logins' },
  M_C_NEW_DEVICES: { report: 'new-device-count', figure: 'devices' },
  M_G_APPLICATION_USAGE: { report: 'application-redirects', figure: 'redirects', name: 'application' },
  M_G_LOGIN_FAILED: { report: 'login-failures', figure: 'failures', name: 'reason' },
  M_GT_SUCCESSFUL_AUTHENTICATIONS: {
    report: 'authentications',
    figure: 'logins',
    name: 'auth_method',
    overTime: true,
  },
  M_GT_PROOFING_SESSION: { report: 'proofing-sessions', figure: 'sessions', name: 'status', overTime: true },
  M_T_NEW_DEVICES: { report: 'new-devices', figure: 'devices', overTime: true },
}

interface Asked {
  readonly metric: Metric
  readonly window: Window
  readonly params: Readonly<Record<string, unknown>>
}

const readMetric = (body: Body, issues: Issue[]): Metric | undefined => {
  const { metricsName } = body
  if (metricsName === undefined || metricsName === null || metricsName === '') issues.push(emptyField('metricsName'))
  else if (typeof metricsName === 'string' && Object.hasOwn(metrics, metricsName)) return metrics[metricsName]
  else issues.push(bodyIssue('metricsName', 'unknown', "Metrics with that name doesn't exist"))
  return undefined
}

const readZone = (body: Body, issues: Issue[]): string => {
  const { responseTimezone } = body
  if (responseTimezone === undefined || responseTimezone === null || responseTimezone === '') return 'UTC'
  if (typeof responseTimezone === 'string' && isZone(responseTimezone)) return responseTimezone
  issues.push(
    bodyIssue('responseTimezone', 'format', "Field should be an IANA time zone, 'Europe/Zurich' for instance"),
  )
  return 'UTC'
}

/** The calendar day of an instant, whole. */
const dayOf = (zone: string, at: number): Window => {
  const day = localDay(zone, at)
  return { from: dayStart(zone, day), to: dayStart(zone, day + 1) - 1 }
}

const read =
  (now: () => number) =>
  (body: Body, issues: Issue[]): Asked => {
    const metric = readMetric(body, issues)
    const window = readWindow(body, { now: now(), defaultFrom: oneDay, orEqual: true }, issues)
    const zone = readZone(body, issues)
    const said = body.authModuleId
    const module = said === undefined || said === null ? '' : (readText('authModuleId', said, issues) ?? '')
    const hourly = window.from === window.to
    return {
      metric: metric ?? { report: '', figure: '' },
      // From its begin up to its end, which belongs to the next: spans that follow one another add up.
      window: hourly ? dayOf(zone, window.from) : { from: window.from, to: window.to - 1 },
      params: metric?.overTime ? { zone, hourly } : metric?.report === 'active-users' ? { auth_module: module } : {},
    }
  }

const say = ({ figure, name, overTime }: Metric, rows: readonly Row[]): object => {
  const figures = rows.map((row) => Number(row[figure]))
  if (!name && !overTime) return { count: figures[0] ?? 0 }
  const data = rows.map((row, at) => ({
    ...(overTime ? { time: row.time } : {}),
    ...(name ? { name: row[name] } : {}),
    count: figures[at],
  }))
  return { data, total: figures.reduce((sum, one) => sum + one, 0) }
}

/** The columns of a metric's file, under the names of its answer. */
const columnsOf = ({ figure, name, overTime }: Metric): readonly { name: string; head: string }[] => [
  ...(overTime ? [{ name: 'time', head: 'time' }] : []),
  ...(name ? [{ name, head: 'name' }] : []),
  { name: figure, head: 'count' },
]

/** Mounts the nine metrics, which are one endpoint. */
export const serveMetrics = (parts: ServiceParts): void => {
  const schema = {
    summary: 'A metric by its name',
    description:
      'One figure (`M_C_…`), one for each name (`M_G_…`), for each day (`M_T_…`) or for each of both (`M_GT_…`); by hour of ' +
      'that calendar day when `to` equals `from`. What each counts is ours: the documents name them and say no more.',
    tags: ['Queries'],
    security: sealed,
    headers: SealedHeaders,
    params: RealmPath,
    body: MetricsBody,
    response: { 200: MetricsOrJob, ...refusals(400, 401, 403, 404, 413, 429, 503) },
  }
  const reading = read(parts.context.now)
  parts.http.post('/tenant/:tenantId/community/:communityId/metrics', { schema }, async (request, reply) => {
    const { ask, asked, download, requestDownload } = await admit(parts, { request, reply }, reading)
    const { metric, window, params } = asked
    if (download) {
      const file = { columns: columnsOf(metric), skip: 0 }
      return sendJob(reply, await requestDownload(metric.report, { download, window, params, ...file }))
    }
    const answered = await ask(metric.report, { window, params, page: { skip: 0, size: 1_000_000 }, total: false })
    return sendText(reply, JSON.stringify(say(metric, answered.rows)), answered.incomplete)
  })
}
