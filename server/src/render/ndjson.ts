import { type Render, shownRows } from './document.ts'

const PIECE = 65_536

/** A document's rows as lines of JSON, each an object of the columns' names; instants are epoch milliseconds. */
export const renderNdjson: Render = async function* (document) {
  let piece = ''
  for await (const row of shownRows(document).rows) {
    piece += `${JSON.stringify(row)}\n`
    if (piece.length < PIECE) continue
    yield Buffer.from(piece)
    piece = ''
  }
  yield Buffer.from(piece)
}
