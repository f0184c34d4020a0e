import { everything } from '../../core/filter.ts'
import { sayFilter } from '../../core/filter-words.ts'
import { type DrawnFormat, fileName, formats, isDrawn } from '../../core/format.ts'
import type { Principal } from '../../core/principal.ts'
import type { Realm } from '../../core/realm.ts'
import type { Report } from '../../core/report.ts'
import { chartOf, chartReport, figuresOf, figuresReport } from '../../core/summary.ts'
import type { Row } from '../../core/table.ts'
import type { Window } from '../../core/window.ts'
import type { WrittenForm } from '../../ports/events.ts'
import type { Document } from '../../render/document.ts'
import { loadRender, mostRows } from '../../render/render.ts'
import { createWords } from '../../render/words.ts'
import type { App, Asked } from '../app.ts'
import type { FindRealm } from '../realms/enter.ts'
import type { DocumentWords, Rendered } from './rendered.ts'
import {
  askedWindow,
  type Completed,
  createAnswer,
  createComplete,
  demandReport,
  type RunReportParts,
} from './run-report.ts'

export interface RenderReportParts extends RunReportParts {
  readonly findRealm: FindRealm
  /** The zone of a realm that has none of its own. */
  readonly timezone: string
}

/** Rows that are asked before a document is begun; of more, all are read in one stream. */
const FIRST_ROWS = 5_000

const late = (zone: string, at: string): string =>
  `The newest events are missing: they were not searchable at ${at} (${zone}). Make the document again in a moment.`

/** A document to be written, and whether what was acknowledged was not all there yet. */
export interface MadeDocument {
  readonly document: Document
  readonly incomplete?: { readonly watermark: number }
}

export type MakeDocument = (
  principal: Principal,
  realm: Realm,
  report: Report,
  asked: Asked,
  most: number,
  words?: DocumentWords,
) => Promise<MadeDocument>

/**
 * Makes a report a document of at most so many rows. The first rows, the figures and the chart are asked before it
 * answers, so that what cannot be asked is refused and no file is begun.
 */
export const createMakeDocument = (parts: RenderReportParts): MakeDocument => {
  const answer = createAnswer(parts)

  const complete = createComplete(parts)

  /** The first rows when they are all; otherwise every row out of one question, so that none moves meanwhile. */
  async function* rowsFrom(
    realm: Realm,
    first: readonly Row[],
    whole: (() => Promise<Completed>) | undefined,
  ): AsyncGenerator<readonly Row[]> {
    if (whole) yield* parts.store.exports.rows(realm, (await whole()).question)
    else yield first
  }

  return async (principal, realm, report, asked, most, words = {}) => {
    demandReport(principal, realm, report)
    const record = await parts.findRealm(realm.tenantId, realm.communityId)
    const zone = record?.timezone ?? parts.timezone
    const generatedAt = words.generatedAt ?? parts.now()
    const window = askedWindow(report, asked.window, parts.now(), parts.retentionDays)
    const all: Asked = { ...asked, ...(window ? { window } : {}), total: false }
    const about = await summarise(answer, principal, realm, report, all, window, zone)
    // One row more than is shown tells whether there are more.
    const size = Math.min(FIRST_ROWS, most + 1)
    const skip = words.skip ?? 0
    const first = await answer(principal, realm, report, { ...all, page: { skip, size } })
    const more = first.rows.length === size && size <= most
    const whole = () => complete(principal, realm, report, { ...all, page: { skip, size: most + 1 } })
    const said = createWords(zone)
    const incomplete = first.incomplete
    const document: Document = {
      title: words.title ?? report.title,
      realm: record ? nameOf(record) : realm.tenantId,
      period: window,
      zone,
      askedBy: words.askedBy ?? principal.id,
      generatedAt,
      filter: sayFilter(asked.filter ?? everything, {
        label: (column) => report.columns[column]?.label,
        instant: said.instant,
      }),
      notes: incomplete ? [late(zone, said.instant(generatedAt))] : [],
      figures: about.figures,
      chart: about.chart,
      columns: report.columns,
      rows: rowsFrom(realm, first.rows, more ? whole : undefined),
      total: about.total,
      most,
    }
    return { document, ...(incomplete ? { incomplete } : {}) }
  }
}

/** Makes a report a file: drawn here, or written by the engine itself. */
export const createRenderReport = (parts: RenderReportParts): App['renderReport'] => {
  const make = createMakeDocument(parts)
  const complete = createComplete(parts)
  const zoneOf = async (realm: Realm): Promise<string> =>
    (await parts.findRealm(realm.tenantId, realm.communityId))?.timezone ?? parts.timezone

  const draw = async (
    principal: Principal,
    realm: Realm,
    report: Report,
    asked: Asked,
    format: DrawnFormat,
    words: DocumentWords,
  ): Promise<Pick<Rendered, 'bytes' | 'incomplete'>> => {
    const most = Math.min(mostRows[format], words.most ?? Number.POSITIVE_INFINITY)
    const { document, incomplete } = await make(principal, realm, report, asked, most, words)
    const render = await loadRender(format)
    return { bytes: render(document), ...(incomplete ? { incomplete } : {}) }
  }

  const write = async (
    principal: Principal,
    realm: Realm,
    report: Report,
    asked: Asked,
    format: WrittenForm['format'],
    { skip = 0, most = Number.MAX_SAFE_INTEGER }: DocumentWords,
  ): Promise<Pick<Rendered, 'bytes' | 'incomplete'>> => {
    demandReport(principal, realm, report)
    const page = { skip, size: most }
    const { question, behind } = await complete(principal, realm, report, { ...asked, page, total: false })
    const columns = Object.keys(report.columns).map((name) => ({ name, head: name }))
    const bytes = parts.store.exports.written(realm, question, { format, columns })
    return { bytes, ...(behind === undefined ? {} : { incomplete: { watermark: behind } }) }
  }

  return async (principal, realm, report, asked, format, words = {}) => {
    const generatedAt = words.generatedAt ?? parts.now()
    const made = isDrawn(format)
      ? await draw(principal, realm, report, asked, format, { ...words, generatedAt })
      : await write(principal, realm, report, asked, format, words)
    const day = createWords(await zoneOf(realm))
      .instant(generatedAt)
      .slice(0, 10)
    return {
      mediaType: formats[format].mediaType,
      fileName: fileName(`${report.id}-${day}`, format),
      ...made,
    }
  }
}

const nameOf = ({ tenant, community }: { tenant: { name: string }; community: { name: string } }): string =>
  `${tenant.name} · ${community.name}`

/** What stands above the table: figures and chart, over all rows. */
const summarise = async (
  answer: App['runReport'],
  principal: Principal,
  realm: Realm,
  report: Report,
  asked: Asked,
  window: Window | undefined,
  zone: string,
): Promise<{ figures: Document['figures']; chart: Document['chart']; total: number }> => {
  const { order: _, after: __, with: ___, ...same } = asked
  const one = { ...same, page: { skip: 0, size: 1 } }
  const drawn = chartReport(report, window)
  const [figures, points] = await Promise.all([
    answer(principal, realm, figuresReport(report), one),
    drawn &&
      answer(principal, realm, drawn.report, {
        ...same,
        params: { ...same.params, ...drawn.params(zone) },
        page: { skip: 0, size: drawn.size },
      }),
  ])
  const said = figuresOf(report, figures.rows[0])
  return {
    figures: said,
    chart: points && chartOf(report, points.rows, window, zone),
    total: Number(said[0]?.value ?? 0),
  }
}
