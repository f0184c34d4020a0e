import { expect, test } from 'vitest'
import type { ColumnKind, Row } from '../../core/table.ts'
import { type BinaryColumn, binaryRows } from './row-binary.ts'

const columnOf = (name: string, kind: ColumnKind, nullable = false): BinaryColumn => [name, { kind, nullable }]
const columns = [
  columnOf('text', 'text'),
  columnOf('at', 'instant'),
  columnOf('n', 'count'),
  columnOf('x', 'number'),
  columnOf('yes', 'flag'),
  columnOf('maybe', 'json', true),
]

const long = 'ü漢😀'.repeat(40)
const bytesOf = (text: string): Buffer => {
  const body = Buffer.from(text)
  // A length of more than 127 takes two bytes, the lower seven bits first.
  const length = body.length < 128 ? [body.length] : [(body.length & 127) | 128, body.length >> 7]
  return Buffer.concat([Buffer.from(length), body])
}
const eight = (write: (bytes: Buffer) => void): Buffer => {
  const bytes = Buffer.alloc(8)
  write(bytes)
  return bytes
}
const answer = Buffer.concat([
  bytesOf(long),
  eight((bytes) => bytes.writeBigInt64LE(-1_700_000_000_123n)),
  eight((bytes) => bytes.writeBigUInt64LE(9_007_199_254_740_991n)),
  eight((bytes) => bytes.writeDoubleLE(-0.5)),
  Buffer.of(1),
  Buffer.of(1),
  bytesOf(''),
  eight((bytes) => bytes.writeBigInt64LE(0n)),
  eight((bytes) => bytes.writeBigUInt64LE(7n)),
  eight((bytes) => bytes.writeDoubleLE(Number.NaN)),
  Buffer.of(0),
  Buffer.of(0),
  bytesOf('{"a":1}'),
])
const rows = [
  { text: long, at: -1_700_000_000_123, n: 9_007_199_254_740_991, x: -0.5, yes: true, maybe: null },
  { text: '', at: 0, n: 7, x: null, yes: false, maybe: '{"a":1}' },
]

async function* cut(bytes: Buffer, ...places: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0
  for (const place of [...places, bytes.length]) {
    yield bytes.subarray(from, place)
    from = place
  }
}
const read = async (body: AsyncIterable<Uint8Array>): Promise<Row[]> => {
  const found: Row[] = []
  for await (const batch of binaryRows(body, columns)) found.push(...batch)
  return found
}

test('rows are read whole, wherever the stream is cut', async () => {
  expect(await read(cut(answer))).toEqual(rows)
  for (let place = 0; place <= answer.length; place++) expect(await read(cut(answer, place))).toEqual(rows)
  expect(await read(cut(answer, ...Array.from(answer.keys())))).toEqual(rows)
})

test('an answer that ends inside a row is none', async () => {
  await expect(read(cut(answer.subarray(0, -1)))).rejects.toThrow('broke off inside a row')
})
