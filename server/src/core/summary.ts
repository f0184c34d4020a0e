import { Temporal } from 'temporal-polyfill'
import Type from 'typebox'
import type { Chart, Figure, Report } from './report.ts'
import { type Cell, type Column, count, number, type Row, text } from './table.ts'
import type { Window } from './window.ts'

/** One figure of a document, ready to be written by its kind. */
export interface SaidFigure {
  readonly label: string
  readonly kind: Column['kind']
  readonly value: Cell
}

/** What a chart shows: a value of each series at each label. */
export interface ChartData {
  readonly kind: Chart['kind']
  readonly title: string
  /** Whether the labels are times in their order, or names by their size. */
  readonly over: 'time' | 'names'
  readonly unit: string
  readonly labels: readonly string[]
  readonly series: readonly { readonly name: string; readonly values: readonly number[] }[]
}

/** Labels of a chart that is no time series, and series of any chart; what is left over is added up as `Other`. */
const MOST_LABELS = 12
const MOST_SERIES = 6
/** Rows that the engine answers for a chart at most. */
const MOST_CELLS = 5_000
const DAY = 86_400_000

const quoted = (name: string): string => `\`${name}\``

const columnOf = (report: Report, name: string): Column => {
  const column = report.columns[name]
  if (!column) throw new Error(`${report.id} has no column ${name}`)
  return column
}

const figureSql: Readonly<Record<Figure['is'], (name: string) => string>> = {
  sum: (name) => `ifNull(sum(${name}), 0)`,
  distinct: (name) => `uniqExact(${name})`,
  least: (name) => `minOrNull(${name})`,
  most: (name) => `maxOrNull(${name})`,
}

const figureColumn = (report: Report, { column, is, label }: Figure): Column => {
  const own = columnOf(report, column)
  if (is === 'distinct') return count(label)
  if (is === 'sum') return own
  return own.orNull()
}

/** A report that is about another one's whole answer: it may read the same, and answers something else. */
const about = (report: Report, part: Pick<Report, 'columns' | 'order' | 'sql' | 'params'>): Report => {
  const { lists: _, chart: __, figures: ___, ...rest } = report
  return { ...rest, ...part }
}

/** The question that answers a report's figures: one row, the number of rows first. */
export const figuresReport = (report: Report): Report => {
  const figures = report.figures ?? []
  const columns = figures.map((figure, at) => [`figure_${at}`, figureColumn(report, figure)] as const)
  const sums = figures.map(({ is, column }, at) => `, ${figureSql[is](quoted(column))} AS figure_${at}`)
  return about(report, {
    params: report.params,
    columns: { figure_rows: count('Rows'), ...Object.fromEntries(columns) },
    order: ['figure_rows'],
    sql: `SELECT count() AS figure_rows${sums.join('')} FROM (${report.sql})`,
  })
}

/** The figures that the answer to `figuresReport` tells. */
export const figuresOf = (report: Report, row: Row | undefined): readonly SaidFigure[] => [
  { label: 'Rows', kind: 'count', value: row?.figure_rows ?? 0 },
  ...(report.figures ?? []).map((figure, at) => ({
    label: figure.label,
    kind: figureColumn(report, figure).kind,
    value: row?.[`figure_${at}`] ?? null,
  })),
]

type Unit = 'hour' | 'day' | 'week' | 'month'

const unitOf = ({ from, to }: Window): Unit => {
  const days = (to - from) / DAY
  if (days <= 2) return 'hour'
  if (days <= 62) return 'day'
  return days <= 370 ? 'week' : 'month'
}

/** A unit's beginning on the clock of a zone, as text that sorts as time does. */
const bucketSql: Readonly<Record<Unit, (name: string) => string>> = {
  hour: (name) => `formatDateTime(${name}, '%Y-%m-%d %H:00', {chart_zone:String})`,
  day: (name) => `formatDateTime(${name}, '%Y-%m-%d', {chart_zone:String})`,
  week: (name) => `toString(toMonday(${name}, {chart_zone:String}))`,
  month: (name) => `formatDateTime(${name}, '%Y-%m', {chart_zone:String})`,
}

/** Every unit of a window, as `bucketSql` writes it, so that hours and days without rows stand at zero. */
export const bucketsOf = (window: Window, zone: string): readonly string[] => {
  const unit = unitOf(window)
  const at = (ms: number) => Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone)
  const last = at(window.to)
  let next = at(window.from).round({ smallestUnit: unit === 'hour' ? 'hour' : 'day', roundingMode: 'floor' })
  if (unit === 'week') next = next.subtract({ days: next.dayOfWeek - 1 })
  if (unit === 'month') next = next.with({ day: 1 })
  const labels = new Set<string>()
  while (Temporal.ZonedDateTime.compare(next, last) <= 0 && labels.size < MOST_CELLS) {
    const date = next.toPlainDate().toString()
    if (unit === 'hour') labels.add(`${date} ${String(next.hour).padStart(2, '0')}:00`)
    else labels.add(unit === 'month' ? date.slice(0, 7) : date)
    next = next.add({ [`${unit}s`]: 1 })
  }
  return [...labels]
}

/** Whether a chart's labels are times: it needs a window then. */
const overTime = (report: Report, chart: Chart): boolean => columnOf(report, chart.x).kind === 'instant'

/** A question about a report's answer for its chart. */
export interface ChartQuestion {
  readonly report: Report
  /** Rows that are wanted of it at most. */
  readonly size: number
  /** Bound beside the report's own parameters. */
  readonly params: (zone: string) => Readonly<Record<string, unknown>>
}

/** The question that answers a report's chart; undefined when nothing is to be drawn. */
export const chartReport = (report: Report, window: Window | undefined): ChartQuestion | undefined => {
  const { chart } = report
  if (!chart || (overTime(report, chart) && !window)) return undefined
  const x = quoted(chart.x)
  const time = overTime(report, chart) && window
  const label = time ? bucketSql[unitOf(window)](x) : `toString(${x})`
  const amount = chart.y === undefined ? 'count()' : `ifNull(sum(${quoted(chart.y)}), 0)`
  const series = chart.by === undefined ? "''" : `toString(${quoted(chart.by)})`
  return {
    params: (zone) => (time ? { chart_zone: zone } : {}),
    size: chart.by === undefined && !time ? MOST_LABELS : MOST_CELLS,
    report: about(report, {
      params: { ...report.params, ...(time ? { chart_zone: Type.String() } : {}) },
      columns: { chart_label: text('Label'), chart_series: text('Series'), chart_amount: number('Amount') },
      order: ['-chart_amount', 'chart_label', 'chart_series'],
      sql: `SELECT ifNull(${label}, '') AS chart_label, ifNull(${series}, '') AS chart_series, ${amount} AS chart_amount
    FROM (${report.sql})${time ? ` WHERE ${x} IS NOT NULL` : ''} GROUP BY chart_label, chart_series`,
    }),
  }
}

const NOTHING = '(none)'

const largest = (sums: ReadonlyMap<string, number>, most: number): readonly string[] =>
  [...sums]
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .slice(0, most)
    .map(([name]) => name)

const addUp = (rows: readonly Row[], name: string): Map<string, number> => {
  const sums = new Map<string, number>()
  for (const row of rows) sums.set(String(row[name]), (sums.get(String(row[name])) ?? 0) + Number(row.chart_amount))
  return sums
}

/** The chart that the answer to `chartReport` draws; undefined when there is nothing to see. */
export const chartOf = (
  report: Report,
  rows: readonly Row[],
  window: Window | undefined,
  zone: string,
): ChartData | undefined => {
  const { chart } = report
  if (!chart || rows.length === 0) return undefined
  const labels =
    overTime(report, chart) && window ? bucketsOf(window, zone) : largest(addUp(rows, 'chart_label'), MOST_LABELS)
  const names = largest(addUp(rows, 'chart_series'), MOST_SERIES)
  const others = new Set(rows.map((row) => String(row.chart_series))).size > names.length
  const place = new Map(labels.map((label, at) => [label, at]))
  const series = new Map([...names, ...(others ? ['Other'] : [])].map((name) => [name, labels.map(() => 0)]))
  for (const row of rows) {
    const at = place.get(String(row.chart_label))
    const values = series.get(String(row.chart_series)) ?? series.get('Other')
    if (at !== undefined && values) values[at] = (values[at] ?? 0) + Number(row.chart_amount)
  }
  const unit = chart.y === undefined ? 'Rows' : columnOf(report, chart.y).label
  return {
    kind: chart.kind,
    over: overTime(report, chart) ? 'time' : 'names',
    title: chart.title ?? `${unit} by ${columnOf(report, chart.x).label.toLowerCase()}`,
    unit,
    labels: labels.map((label) => label || NOTHING),
    series: [...series].map(([name, values]) => ({ name: chart.by === undefined ? unit : name || NOTHING, values })),
  }
}
