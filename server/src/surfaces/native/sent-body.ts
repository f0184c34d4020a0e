import { pipeline, type Readable, Transform } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { Fault, invalid } from '../../core/fault.ts'

/** How many times longer than what was sent a stream may unpack to, beyond the first `free` bytes. */
const LARGEST_RATIO = 200

const bomb = (limit: number): Fault =>
  new Fault(
    'too-large',
    { what: 'body', limit, unit: 'bytes' },
    `The body unpacks to more than ${LARGEST_RATIO} times what was sent; send it in pieces`,
  )

/**
 * The body as its sender meant it: unpacked when it says `gzip`, and bounded in how far it unpacks.
 * @throws Fault `invalid` for another encoding; the stream fails with a fault when it cannot be unpacked
 */
export const unpacked = (body: Readable, encoding: string | undefined, free: number): Readable => {
  const name = (encoding ?? 'identity').trim().toLowerCase()
  if (name === 'identity') return body
  if (name !== 'gzip' && name !== 'x-gzip')
    throw invalid([
      {
        where: 'header',
        name: 'content-encoding',
        rule: 'unknown',
        message: `The encoding ${JSON.stringify(name.slice(0, 40))} is not known here; send gzip or none`,
      },
    ])
  let sent = 0
  let made = 0
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sent += chunk.length
      done(null, chunk)
    },
  })
  const bounded = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      made += chunk.length
      if (made > free && made > sent * LARGEST_RATIO) done(bomb(free))
      else done(null, chunk)
    },
  })
  // The reader of `bounded` sees every failure; the pipeline only has to end the other parts.
  pipeline(body, counted, createGunzip(), bounded, () => undefined)
  return bounded
}

const notUnpacked = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /^Z_|ERR_STREAM_PREMATURE|ERR_BUFFER/.test(String(error.code))

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code

/** Turns the failure of a body stream into a fault where its sender is to blame. */
export const bodyFault = (error: unknown): unknown => {
  if (hasCode(error, 'ECONNRESET'))
    return new Fault('cancelled', { what: 'body' }, 'The connection broke off before the body was whole')
  return notUnpacked(error)
    ? invalid([{ where: 'body', name: '', rule: 'format', message: 'The body is not gzip, though its header says so' }])
    : error
}

/**
 * Reads a whole body as text, at most `most` bytes of it.
 * @throws Fault `too-large`, or `invalid` when it is not UTF-8
 */
export const readText = async (body: Readable, most: number): Promise<string> => {
  const parts: Buffer[] = []
  let length = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > most)
      throw new Fault(
        'too-large',
        { what: 'body', limit: most, unit: 'bytes' },
        `The body is larger than ${most} bytes; send a stream of lines (application/x-ndjson) instead`,
      )
    parts.push(chunk)
  }
  return readUtf8(Buffer.concat(parts))
}

/** @throws Fault `invalid` when the bytes are not UTF-8 */
export const readUtf8 = (bytes: Buffer): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw invalid([{ where: 'body', name: '', rule: 'format', message: 'The body is not valid UTF-8' }])
  }
}
