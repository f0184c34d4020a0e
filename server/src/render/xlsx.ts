import { PassThrough } from 'node:stream'
import { setImmediate as breathe } from 'node:timers/promises'
import ExcelJS from 'exceljs'
import type { Cell, Column, Row } from '../core/table.ts'
import { offsetsOf } from '../core/zone.ts'
import { type Document, peekRows, type Render, shownRows } from './document.ts'
import { createWords, headLines, sayCut, type Words } from './words.ts'

/** Characters that one cell of a spreadsheet holds. */
const LONGEST_CELL = 32_767
const WIDEST = 60
const SAMPLE = 300
/** Rows after which what was written is handed on. */
const BATCH = 500
/** Bytes that may wait for who reads the file. */
const WAITING = 1_048_576
const DAY = 86_400_000
const DAY_SECONDS = 86_400

const shapes: Readonly<Partial<Record<Column['kind'], string>>> = {
  instant: 'yyyy-mm-dd hh:mm:ss',
  duration: '[h]:mm:ss',
  seconds: '[h]:mm:ss',
  count: '#,##0',
}

/** Text as a cell holds it: always text, so that nothing of it is ever taken for a formula. */
const cellText = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[[\p{Cc}\ufffe\uffff]--[\t\n\r\u007f-\u009f]]/gv, '\ufffd')
    .slice(0, LONGEST_CELL)

/** A cell's value in its own type: instants are dates on the realm's clock, durations parts of a day. */
const cellValue = (
  kind: Column['kind'],
  cell: Cell,
  offset: (at: number) => number,
): string | number | boolean | Date | null => {
  if (cell === null || typeof cell === 'boolean') return cell
  if (typeof cell === 'string') return cellText(cell)
  if (kind === 'instant') return new Date(cell + offset(cell))
  if (kind === 'seconds') return cell / DAY_SECONDS
  return kind === 'duration' ? cell / DAY : cell
}

const widthOf = (label: string, name: string, column: Column, sample: readonly Row[], words: Words): number =>
  Math.min(
    WIDEST,
    Math.max(label.length, ...sample.map((row) => words.cell(column.kind, row[name] ?? null).length)) + 2,
  )

/** A sheet of what the document says above its table. */
const writeAbout = (book: ExcelJS.stream.xlsx.WorkbookWriter, document: Document, words: Words, end: string): void => {
  const sheet = book.addWorksheet('About')
  sheet.columns = [{ width: 18 }, { width: 80 }]
  const lines = [
    ['Report', document.title],
    ...headLines(document, words),
    ...document.figures.map(({ label, kind, value }) => [label, words.cell(kind, value)]),
    ...[...document.notes, end].filter(Boolean).map((note) => ['Note', note]),
  ]
  for (const [name = '', value = ''] of lines) sheet.addRow([cellText(name), cellText(value)]).commit()
  sheet.commit()
}

const writeBook = async (book: ExcelJS.stream.xlsx.WorkbookWriter, document: Document, drain: () => Promise<void>) => {
  const words = createWords(document.zone)
  const offset = offsetsOf(document.zone)
  const columns = Object.entries(document.columns)
  const shown = shownRows(document)
  const { first, all } = await peekRows(shown.rows, SAMPLE)
  const sheet = book.addWorksheet('Report', { views: [{ state: 'frozen', ySplit: 1 }] })
  sheet.columns = columns.map(([name, column]) => ({
    width: widthOf(column.label, name, column, first, words),
    ...(shapes[column.kind] ? { style: { numFmt: shapes[column.kind] as string } } : {}),
  }))
  const heads = sheet.addRow(columns.map(([, { label }]) => cellText(label)))
  heads.font = { bold: true }
  heads.commit()
  for await (const row of all) {
    sheet.addRow(columns.map(([name, { kind }]) => cellValue(kind, row[name] ?? null, offset))).commit()
    if (shown.count() % BATCH === 0) await drain()
  }
  sheet.commit()
  writeAbout(book, document, words, shown.cut() ? sayCut(shown.count(), document.total) : '')
  await book.commit()
}

/** A document as a workbook of two sheets, with typed cells: its rows, and what stands above a table elsewhere. */
export const renderXlsx: Render = async function* (document) {
  const out = new PassThrough()
  const book = new ExcelJS.stream.xlsx.WorkbookWriter({ stream: out, useStyles: true, useSharedStrings: false })
  book.creator = 'Rollcall'
  book.title = document.title.toWellFormed()
  book.created = new Date(document.generatedAt)
  book.modified = book.created
  const drain = async (): Promise<void> => {
    await breathe()
    while (out.readableLength + out.writableLength > WAITING && !out.destroyed)
      await new Promise<void>((resume) => {
        out.once('drain', resume).once('close', resume)
      })
  }
  writeBook(book, document, drain).catch((error: unknown) => out.destroy(error instanceof Error ? error : undefined))
  yield* out
}
