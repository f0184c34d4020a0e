import type { Column, ColumnKind, Row } from '../core/table.ts'
import { drawChart, INK } from './chart.ts'
import { type Document, type Render, shownRows } from './document.ts'
import { escapeHtml } from './escape.ts'
import { documentStyle } from './html-style.ts'
import { createWords, headLines, sayCut, type Words } from './words.ts'

/** Characters that are gathered before they are handed on. */
const PIECE = 65_536

/** Nothing is loaded and nothing runs, whatever a cell holds. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

/** How a kind of cell is set: numbers to the right, times unbroken, text in the direction of its own script. */
const attributes: Readonly<Record<ColumnKind, string>> = {
  text: ' dir="auto"',
  json: ' dir="auto"',
  instant: ' class="t"',
  duration: ' class="n"',
  seconds: ' class="n"',
  count: ' class="n"',
  number: ' class="n"',
  flag: '',
}

/** Longer words may be broken behind a sign, and at the latest after so many letters; others stand whole. */
const LONG_WORD = /[!-~]{20,}/g
const BREAKABLE = /[0-9A-Za-z]{1,16}[^0-9A-Za-z]*|[^0-9A-Za-z]{1,16}/g

/** A cell's text, with the places where a long word may be broken. */
const sayCell = (text: string): string => {
  let said = ''
  let from = 0
  for (const { index, 0: word } of text.matchAll(LONG_WORD)) {
    said += escapeHtml(text.slice(from, index))
    said += Array.from(word.matchAll(BREAKABLE), ([part]) => escapeHtml(part)).join('<wbr>')
    from = index + word.length
  }
  return said + escapeHtml(text.slice(from))
}

const isNumber = ({ kind }: Column): boolean => attributes[kind].includes('"n"')

const head = async (document: Document, words: Words): Promise<string> => {
  const { title, figures, notes, chart, columns } = document
  const say = escapeHtml
  const lines = headLines(document, words).map(([name, value]) => `<dt>${name}</dt><dd dir="auto">${say(value)}</dd>`)
  const boxes = figures.map(
    ({ label, kind, value }) =>
      `<div><dt>${say(label)}</dt><dd dir="auto">${say(words.cell(kind, value)) || '–'}</dd></div>`,
  )
  const drawing = chart ? (await drawChart(chart, { width: 900, height: 320 })).replaceAll(INK, 'currentColor') : ''
  const figure = chart
    ? `<figure role="img" aria-label="${say(chart.title)}"><figcaption>${say(chart.title)}</figcaption>${drawing}</figure>`
    : ''
  const heads = Object.values(columns).map(
    (column) => `<th scope="col"${isNumber(column) ? ' class="n"' : ''}>${say(column.label)}</th>`,
  )
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="generator" content="Rollcall">
<title>${say(`${title} · ${document.realm}`)}</title>
<style>${documentStyle(Object.values(columns))}</style></head>
<body><header><h1 dir="auto">${say(title)}</h1><dl class="about">${lines.join('')}</dl></header>
<main>${notes.map((note) => `<p class="note">${say(note)}</p>`).join('')}
<dl class="figures">${boxes.join('')}</dl>${figure}
<div class="table"><table><thead><tr>${heads.join('')}</tr></thead><tbody>
`
}

/** A document as one page of HTML that holds everything it needs: style and chart are inside, and nothing runs. */
export const renderHtml: Render = async function* (document) {
  const words = createWords(document.zone)
  const columns = Object.entries(document.columns)
  const cellOf = (row: Row, [name, { kind }]: (typeof columns)[number]): string =>
    `<td${attributes[kind]}>${sayCell(words.cell(kind, row[name] ?? null))}</td>`
  const shown = shownRows(document)
  let piece = await head(document, words)
  for await (const row of shown.rows) {
    piece += `<tr>${columns.map((column) => cellOf(row, column)).join('')}</tr>\n`
    if (piece.length < PIECE) continue
    yield Buffer.from(piece)
    piece = ''
  }
  const end = shown.cut() ? sayCut(shown.count(), document.total) : shown.count() === 0 ? 'No rows.' : ''
  yield Buffer.from(`${piece}</tbody></table></div>${end ? `<p class="end">${end}</p>` : ''}</main></body></html>\n`)
}
