import type { DrawnFormat } from '../core/format.ts'
import type { Columns } from '../core/table.ts'
import type { Render } from './document.ts'

/** What a reader is shown: ids whose names stand beside them are for programs. */
const shown = (columns: Columns): Columns =>
  Object.fromEntries(Object.entries(columns).filter(([, { namedBy }]) => namedBy === undefined || !columns[namedBy]))

const forReaders =
  (render: Render): Render =>
  (document) =>
    render({ ...document, columns: shown(document.columns) })

/** One file draws one format; it is loaded when it is first asked for, since some bring much along. */
const renders: Readonly<Record<DrawnFormat, () => Promise<Render>>> = {
  html: async () => forReaders((await import('./html.ts')).renderHtml),
  pdf: async () => forReaders((await import('./pdf.ts')).renderPdf),
  xlsx: async () => (await import('./xlsx.ts')).renderXlsx,
  csv: async () => (await import('./csv.ts')).renderCsv,
  ndjson: async () => (await import('./ndjson.ts')).renderNdjson,
}

/** Most rows that a document shows, by format: those that people read end somewhere, those that programs read do not. */
export const mostRows: Readonly<Record<DrawnFormat, number>> = {
  html: 10_000,
  pdf: 10_000,
  xlsx: 200_000,
  csv: Number.MAX_SAFE_INTEGER,
  ndjson: Number.MAX_SAFE_INTEGER,
}

export const loadRender = (format: DrawnFormat): Promise<Render> => renders[format]()
