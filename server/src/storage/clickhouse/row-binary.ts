import type { Cell, Column, ColumnKind, Row } from '../../core/table.ts'

/** Reads one value at a place of the bytes; answers the place behind it, or -1 when it is not whole yet. */
type Read = (bytes: Buffer, at: number) => number

const UNFINISHED = -1
const HIGH = 2 ** 32

/** Readers of the engine's RowBinary; each leaves what it read in `found`, since two answers for each value cost much. */
const createReaders = () => {
  const box: { found: Cell } = { found: null }
  const text: Read = (bytes, from) => {
    let at = from
    let length = 0
    for (let unit = 1; ; unit *= 128) {
      const byte = bytes[at++]
      if (byte === undefined) return UNFINISHED
      length += (byte & 127) * unit
      if (byte < 128) break
    }
    const end = at + length
    if (end > bytes.length) return UNFINISHED
    box.found = bytes.toString('utf8', at, end)
    return end
  }
  const fixed =
    (width: number, value: (bytes: Buffer, at: number) => Cell): Read =>
    (bytes, at) => {
      if (at + width > bytes.length) return UNFINISHED
      box.found = value(bytes, at)
      return at + width
    }
  const whole = fixed(8, (bytes, at) => bytes.readInt32LE(at + 4) * HIGH + bytes.readUInt32LE(at))
  const broken = fixed(8, (bytes, at) => {
    const value = bytes.readDoubleLE(at)
    return Number.isFinite(value) ? value : null
  })
  const count = fixed(8, (bytes, at) => bytes.readUInt32LE(at + 4) * HIGH + bytes.readUInt32LE(at))
  const flag = fixed(1, (bytes, at) => bytes[at] === 1)
  const orNull =
    (read: Read): Read =>
    (bytes, at) => {
      if (at >= bytes.length) return UNFINISHED
      if (bytes[at] === 0) return read(bytes, at + 1)
      box.found = null
      return at + 1
    }
  const kinds: Readonly<Record<ColumnKind, Read>> = {
    text,
    json: text,
    instant: whole,
    duration: whole,
    seconds: broken,
    number: broken,
    count,
    flag,
  }
  return {
    box,
    of: ({ kind, nullable }: Pick<Column, 'kind' | 'nullable'>): Read => (nullable ? orNull : same)(kinds[kind]),
  }
}

const same = (read: Read): Read => read

/** One column of an answer: its name, and what it is. */
export type BinaryColumn = readonly [name: string, column: Pick<Column, 'kind' | 'nullable'>]

/**
 * Rows of an answer in RowBinary, as they come; a batch is what one piece of the stream held. Columns are typed as
 * `cast` makes them.
 */
export async function* binaryRows(
  body: AsyncIterable<Uint8Array>,
  columns: readonly BinaryColumn[],
): AsyncGenerator<readonly Row[]> {
  const { box, of } = createReaders()
  const readers = columns.map(([name, column]) => [name, of(column)] as const)
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of body) {
    const bytes =
      rest.length > 0 ? Buffer.concat([rest, chunk]) : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
    const rows: Row[] = []
    let done = 0
    for (let at = 0; at < bytes.length; done = at) {
      const row: Row = {}
      for (const [name, read] of readers) {
        at = read(bytes, at)
        if (at === UNFINISHED) break
        row[name] = box.found
      }
      if (at === UNFINISHED) break
      rows.push(row)
    }
    rest = bytes.subarray(done)
    if (rows.length > 0) yield rows
  }
  if (rest.length > 0) throw new Error('The answer of the engine broke off inside a row')
}
