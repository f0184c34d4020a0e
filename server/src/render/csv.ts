import { csvPlain, withoutFormula } from '../core/csv.ts'
import type { Cell, Column } from '../core/table.ts'
import { type Document, shownRows } from './document.ts'

const PIECE = 65_536

const written = (column: Column, cell: Cell): string => {
  if (cell === null) return ''
  if (column.kind === 'instant') return new Date(Number(cell)).toISOString()
  const text = String(cell)
  return column.kind === 'text' || column.kind === 'json' ? withoutFormula(text) : text
}

/**
 * A document's table as CSV (RFC 4180): the columns' names, then a line for each row. Instants are ISO 8601 in UTC. A
 * text that a spreadsheet would take for a formula has an apostrophe before it.
 */
export async function* renderCsv(document: Document): AsyncGenerator<Uint8Array> {
  const columns = Object.entries(document.columns)
  let piece = `${columns.map(([name]) => csvPlain(name)).join(',')}\r\n`
  for await (const row of shownRows(document).rows) {
    piece += `${columns.map(([name, column]) => csvPlain(written(column, row[name] ?? null))).join(',')}\r\n`
    if (piece.length < PIECE) continue
    yield Buffer.from(piece)
    piece = ''
  }
  yield Buffer.from(piece)
}
