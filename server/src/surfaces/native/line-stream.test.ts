import { Readable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isFault } from '../../core/fault.ts'
import { linesOf } from './line-stream.ts'

const read = async (chunks: readonly Buffer[], most: number, far = 1_000): Promise<[number, string | null][]> => {
  const lines: [number, string | null][] = []
  for await (const line of linesOf(Readable.from(chunks), most, far))
    lines.push([line.number, line.bytes?.toString() ?? null])
  return lines
}

const chop = (text: string, at: number): Buffer[] => {
  const bytes = Buffer.from(text)
  return Array.from({ length: Math.ceil(bytes.length / at) }, (_, part) => bytes.subarray(part * at, (part + 1) * at))
}

describe('lines of a stream', () => {
  it('are the same however the stream is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ maxLength: 12 })), fc.integer({ min: 1, max: 7 }), async (texts, at) => {
        const lines = texts.map((text) => text.replaceAll('\n', ' '))
        const wanted = lines.flatMap((line, place) =>
          line.replaceAll(/[ \t\r]/g, '') === '' ? [] : [[place + 1, line]],
        )
        expect(await read(chop(lines.join('\n'), at), 1_000)).toEqual(wanted)
      }),
    )
  })

  it('are told as too long one by one, and the next ones still come', async () => {
    expect(await read(chop('short\nfar too long\nok', 3), 6)).toEqual([
      [1, 'short'],
      [2, null],
      [3, 'ok'],
    ])
  })

  it('end with a fault when one never ends', async () => {
    const error = await read(chop('x'.repeat(2_000), 100), 6).catch((thrown: unknown) => thrown)
    expect(isFault(error, 'too-large')).toBe(true)
  })
})
