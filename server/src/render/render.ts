import type { Format } from '../core/format.ts'
import type { Render } from './document.ts'

/** The formats that documents are drawn in here; the others are written by the engine itself. */
export type DrawnFormat = Extract<Format, 'html'>

/** One file draws one format; it is loaded when it is first asked for, since some bring much along. */
const renders: Readonly<Record<DrawnFormat, () => Promise<Render>>> = {
  html: async () => (await import('./html.ts')).renderHtml,
}

/** Most rows that a document shows, by format: people read these; a program takes one of the others. */
export const mostRows: Readonly<Record<DrawnFormat, number>> = { html: 10_000 }

export const isDrawn = (format: Format): format is DrawnFormat => Object.hasOwn(renders, format)

export const loadRender = (format: DrawnFormat): Promise<Render> => renders[format]()
