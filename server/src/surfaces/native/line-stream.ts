import type { Readable } from 'node:stream'
import { Fault } from '../../core/fault.ts'

/** One line of a stream: its number from 1, and its bytes; null when it is longer than a line may be. */
export interface Line {
  readonly number: number
  readonly bytes: Buffer | null
}

const NEWLINE = 10

const blank = (bytes: Buffer): boolean => {
  for (const byte of bytes) if (byte !== 32 && byte !== 9 && byte !== 13) return false
  return true
}

/**
 * Splits a stream into its lines; blank ones are counted and left out. Keeps one line in memory, never more than
 * `most` bytes of it, and asks for more only when the line before was taken.
 * @throws Fault `too-large` when one line goes on beyond `far` bytes, since then it is no stream of lines.
 */
export const linesOf = async function* (stream: Readable, most: number, far: number): AsyncGenerator<Line> {
  let number = 1
  let held: Buffer[] = []
  let length = 0
  const take = (): Line | undefined => {
    const bytes = length > most ? null : held.length === 1 ? (held[0] ?? null) : Buffer.concat(held)
    held = []
    length = 0
    const line = { number: number++, bytes }
    return bytes && blank(bytes) ? undefined : line
  }
  const hold = (piece: Buffer): void => {
    length += piece.length
    if (length > far)
      throw new Fault(
        'too-large',
        { what: `line ${number}`, limit: far, unit: 'bytes' },
        `Line ${number} is longer than ${far} bytes; separate events by line breaks`,
      )
    if (length <= most) held.push(piece)
    else held = []
  }
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    let from = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      if (end === from && length === 0) {
        number++
        from++
        continue
      }
      hold(chunk.subarray(from, end))
      from = end + 1
      const line = take()
      if (line) yield line
    }
    if (from < chunk.length) hold(chunk.subarray(from))
  }
  if (length > 0) {
    const line = take()
    if (line) yield line
  }
}
