import { Fault } from '../../../core/fault.ts'

const BUSY = 5
const READ_ONLY = 8
const IO_ERROR = 10
const FULL = 13
/** A write that failed for another reason than a full disk: over a quota or a file-size limit, mostly. */
const WRITE_FAILED = 778
const CANNOT_OPEN = 14

/** SQLite's extended result code of an error, when it is one of its errors. */
const codeOf = (error: unknown): number | undefined =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : undefined

/** Whether a write found no room. */
export const isFull = (error: unknown): boolean => {
  const code = codeOf(error)
  return code !== undefined && ((code & 0xff) === FULL || code === WRITE_FAILED)
}

/** Turns what SQLite says into a fault where one fits, and leaves everything else as it is. */
export const faultOf = (error: unknown): unknown => {
  if (isFull(error))
    return new Fault(
      'inbox-full',
      { why: 'disk', retryAfterSeconds: 30 },
      'The disk that holds the control store takes no more (full, over its quota, or a file-size limit); make room there, and it goes on by itself',
      { cause: error },
    )
  const code = (codeOf(error) ?? 0) & 0xff
  if (code === BUSY || code === READ_ONLY || code === IO_ERROR || code === CANNOT_OPEN)
    return new Fault(
      'control-away',
      { retryAfterSeconds: 5 },
      `The control store cannot be used just now (SQLite says: ${error instanceof Error ? error.message : ''}); look at the data folder, its disk and its rights`,
      { cause: error },
    )
  return error
}
