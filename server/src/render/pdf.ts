import { setImmediate as breathe } from 'node:timers/promises'
import PDFDocument from 'pdfkit'
import type { Row } from '../core/table.ts'
import { type Document, peekRows, type Render, shownRows } from './document.ts'
import { drawPdfChart } from './pdf/chart.ts'
import { CELL_PADDING, cellText, type SetColumn, setColumns } from './pdf/columns.ts'
import { createFaces } from './pdf/faces.ts'
import { type Colour, createPen, ink, quiet, rule, stripe } from './pdf/pen.ts'
import { type Block, createTypesetter, type Line, type TextStyle } from './pdf/text.ts'
import { createWords, headLines, sayCut } from './words.ts'

/** A4 on its side, in points. */
const PAGE = { width: 841.89, height: 595.28 } as const
const MARGIN = 36
const ROOM = PAGE.width - 2 * MARGIN
const FLOOR = PAGE.height - MARGIN - 16
/** Rows whose widths decide those of the columns. */
const SAMPLE = 300
const SMALL: TextStyle = { size: 8 }
/** The tallest letters that fonts of several scripts have, and from line to line, in sizes. */
const RISE = 1.05
const LEADING = 1.42

/** The size of a table's text: many columns need a smaller one. */
const tableSize = (columns: number): number => (columns <= 9 ? 8 : columns <= 13 ? 7 : 6)

const createPdf = ({ title, realm, askedBy, generatedAt }: Document) =>
  new PDFDocument({
    size: [PAGE.width, PAGE.height],
    margin: 0,
    autoFirstPage: false,
    lang: 'en',
    displayTitle: true,
    info: {
      Title: `${title} · ${realm}`.toWellFormed(),
      Author: askedBy.toWellFormed(),
      Creator: 'Rollcall',
      Producer: 'Rollcall with PDFKit',
      CreationDate: new Date(generatedAt),
    },
  })

/** A document as PDF on A4 sheets, written page by page: what it holds in memory does not grow with its rows. */
export const renderPdf: Render = async function* (document) {
  const pdf = createPdf(document)
  const faces = createFaces(pdf)
  const type = createTypesetter(faces)
  const pen = createPen(pdf, faces)
  const words = createWords(document.zone)
  const columns = Object.entries(document.columns)
  const size = tableSize(columns.length)
  let pages = 0
  let y = MARGIN

  const set = (block: Block, x: number, top: number, style: TextStyle, colour: Colour, width = 0): number => {
    block.lines.forEach((line, at) => {
      const left = block.rtl && width > 0 ? x + width - line.width : x
      pen.line(line, left, top + (RISE + at * LEADING) * style.size, style.size, colour)
    })
    return block.lines.length * LEADING * style.size
  }
  const say = (text: string, x: number, top: number, style: TextStyle, colour: Colour, width: number): number =>
    set(type.block(text, style, width), x, top, style, colour)
  const oneLine = (text: string, style: TextStyle, width: number): Block => {
    const { lines, rtl } = type.block(text, style, width)
    return { lines: lines.slice(0, 1), rtl }
  }

  const turnPage = (): void => {
    pen.flush()
    pdf.addPage()
    pages += 1
    y = MARGIN
    const foot = PAGE.height - MARGIN - 6
    set(oneLine(`${document.title} · ${document.realm}`, SMALL, ROOM - 120), MARGIN, foot, SMALL, quiet)
    pen.number(PAGE.width - MARGIN, foot + RISE * SMALL.size)
  }

  const drawHead = (): void => {
    y += say(document.title, MARGIN, y, { size: 18, bold: true }, ink, ROOM) + 4
    for (const [name, value] of headLines(document, words)) {
      say(name, MARGIN, y, { size: 9 }, quiet, 76)
      y += Math.max(12.8, say(value, MARGIN + 80, y, { size: 9 }, ink, ROOM - 80))
      if (y > FLOOR - 60) turnPage()
    }
    for (const note of document.notes) y += say(note, MARGIN, y + 4, { size: 9, bold: true }, ink, ROOM) + 4
    y += 8
  }

  const drawFigures = (): void => {
    const wide = (ROOM + 8) / Math.min(6, Math.max(4, document.figures.length))
    document.figures.forEach(({ label, kind, value }, at) => {
      const x = MARGIN + (at % 6) * wide
      if (at > 0 && at % 6 === 0) y += 40
      pen.fill(stripe, x, y, wide - 8, 34)
      set(oneLine(label, SMALL, wide - 20), x + 6, y + 3, SMALL, quiet)
      set(
        oneLine(words.cell(kind, value) || '–', { size: 12, bold: true }, wide - 20),
        x + 6,
        y + 14,
        { size: 12, bold: true },
        ink,
      )
    })
    if (document.figures.length > 0) y += 44
  }

  const drawHeads = (table: readonly SetColumn[]): void => {
    const style = { size, bold: true }
    const blocks = table.map(({ column, width }) => type.block(column.label, style, width))
    const height = Math.max(...blocks.map(({ lines }) => lines.length)) * LEADING * size + 4
    blocks.forEach((block, at) => {
      const { x, width, right } = table[at] as SetColumn
      drawLines(block, 0, block.lines.length, x, width, right, y + 2, style)
    })
    pen.fill(rule, MARGIN, y + height, ROOM, 1)
    y += height + 2
  }

  const drawLines = (
    block: Block,
    from: number,
    to: number,
    x: number,
    width: number,
    right: boolean,
    top: number,
    style: TextStyle,
  ): void => {
    block.lines.slice(from, to).forEach((line, at) => {
      const left = right || block.rtl ? x + width - line.width : x
      pen.line(line, left, top + (RISE + at * LEADING) * style.size, style.size, ink)
    })
  }

  /** A row, over as many pages as it needs; whatever heads it repeats are drawn by the turn of the page. */
  const drawRow = (row: Row, table: readonly SetColumn[], odd: boolean, turn: () => void): void => {
    const blocks = table.map(({ name, column, width }) =>
      type.block(cellText(words, column, row, name), { size }, width),
    )
    const lines = Math.max(1, ...blocks.map((block) => block.lines.length))
    const leading = LEADING * size
    let from = 0
    let fresh = false
    while (from < lines) {
      const fit = Math.floor((FLOOR - y - CELL_PADDING) / leading)
      if (fit < lines - from && !fresh) {
        turn()
        fresh = true
        continue
      }
      const to = Math.min(lines, from + Math.max(1, fit))
      const height = (to - from) * leading + CELL_PADDING
      if (odd) pen.fill(stripe, MARGIN, y, ROOM, height)
      blocks.forEach((block, at) => {
        const { x, width, right } = table[at] as SetColumn
        drawLines(block, from, to, x, width, right, y + CELL_PADDING / 2, { size })
      })
      y += height
      from = to
      fresh = false
    }
  }

  const shown = shownRows(document)
  const { first, all } = await peekRows(shown.rows, SAMPLE)
  turnPage()
  drawHead()
  drawFigures()
  if (document.chart) {
    const height = 200
    if (y + height + 20 > FLOOR) turnPage()
    y += say(document.chart.title, MARGIN, y, { size: 10, bold: true }, ink, ROOM) + 2
    await drawPdfChart(document.chart, pdf, pen, type, { x: MARGIN, y, width: ROOM, height })
    y += height + 10
  }
  const table = setColumns(columns, first, words, type, { size, left: MARGIN, room: ROOM })
  const turn = (): void => {
    turnPage()
    drawHeads(table)
  }
  if (y > FLOOR - 60) turnPage()
  drawHeads(table)
  let count = 0
  for await (const row of all) {
    const before = pages
    drawRow(row, table, count % 2 === 1, turn)
    count += 1
    if (pages === before) continue
    // A page is done: it is handed on, and others have their turn.
    for (let piece = pdf.read() as Buffer | null; piece; piece = pdf.read() as Buffer | null) yield piece
    await breathe()
  }
  const end = shown.cut() ? sayCut(shown.count(), document.total) : count === 0 ? 'No rows.' : ''
  if (end !== '') {
    if (y > FLOOR - 20) turnPage()
    say(end, MARGIN, y + 6, { size: 9, bold: true }, ink, ROOM)
  }
  pen.finish((page) => type.block(`${page} of ${pages}`, SMALL, 100).lines[0] as Line, SMALL.size, quiet)
  pen.flush()
  pdf.end()
  for (let piece = pdf.read() as Buffer | null; piece; piece = pdf.read() as Buffer | null) yield piece
}
