import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'

/** A file to answer with. */
export interface SentFile {
  readonly mediaType: string
  /** Letters, digits, `-`, `_` and `.` only: it stands in a header. */
  readonly fileName: string
  readonly bytes: AsyncIterable<Uint8Array>
}

/**
 * Answers a file to keep, as a stream. A browser that shows it all the same runs nothing of it: what it holds came
 * from outside.
 */
export const sendFile = (reply: Pick<FastifyReply, 'header' | 'type' | 'send'>, file: SentFile) =>
  reply
    .type(file.mediaType)
    .header('content-disposition', `attachment; filename="${file.fileName.replace(/[^\w.-]/g, '_')}"`)
    .header('x-content-type-options', 'nosniff')
    .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox")
    .header('cache-control', 'no-store')
    .send(Readable.from(file.bytes, { objectMode: false }))
