import { ClickHouseError } from '@clickhouse/client'
import { Fault } from '../../core/fault.ts'
import { RowsRefused } from '../../ports/events.ts'

/** The engine's names for data that it will never take, however often it is sent. All else is worth trying again. */
const dataErrors: ReadonlySet<string> = new Set([
  'ARGUMENT_OUT_OF_BOUND',
  'CANNOT_CONVERT_TYPE',
  'CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN',
  'CANNOT_PARSE_BOOL',
  'CANNOT_PARSE_DATE',
  'CANNOT_PARSE_DATETIME',
  'CANNOT_PARSE_ESCAPE_SEQUENCE',
  'CANNOT_PARSE_INPUT_ASSERTION_FAILED',
  'CANNOT_PARSE_NUMBER',
  'CANNOT_PARSE_QUOTED_STRING',
  'CANNOT_PARSE_TEXT',
  'CANNOT_READ_ARRAY_FROM_TEXT',
  'DECIMAL_OVERFLOW',
  'INCORRECT_DATA',
  'TOO_DEEP_RECURSION',
  'TOO_LARGE_ARRAY_SIZE',
  'TOO_LARGE_STRING_SIZE',
  'TYPE_MISMATCH',
  'UNEXPECTED_DATA_AFTER_PARSED_VALUE',
  'VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE',
])

const REASON_CHARS = 200

/** What the engine says, up to the first sign that plain words do not have: what follows may be somebody's data. */
const wordsOf = (error: ClickHouseError): string => {
  const said = error.message.split(/[^A-Za-z ,.:-]| here: |: while /, 1)[0] ?? ''
  return `${error.type ?? `code ${error.code}`}: ${said.trim().slice(0, REASON_CHARS)}`
}

/** Why rows were not inserted: refused for good, or something that passes. Without the rows themselves. */
export const insertError = (error: unknown): unknown => {
  if (!(error instanceof ClickHouseError)) return error
  if (dataErrors.has(error.type ?? '')) return new RowsRefused(wordsOf(error))
  return new Error(`The event store did not take the rows: ${wordsOf(error)}`)
}

const costly: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['TOO_BIG_AST', 'TOO_DEEP_AST', 'TOO_DEEP_RECURSION', 'TOO_SLOW_PARSING'].map((type) => [
      type,
      'its filter is too large',
    ]),
  ),
  MEMORY_LIMIT_EXCEEDED: 'it needs more memory than a report may have',
  TIMEOUT_EXCEEDED: 'it took longer than its time limit',
  TOO_MANY_BYTES: 'it would read too many bytes',
  TOO_MANY_ROWS: 'it would read too many rows',
  TOO_MANY_ROWS_OR_BYTES: 'its answer has too many rows or bytes',
  TOO_SLOW: 'it would take longer than its time limit',
}

/** What says that the engine, or a part of it, is not there or not ready. */
const away: ReadonlySet<string> = new Set([
  'ABORTED',
  'ALL_CONNECTION_TRIES_FAILED',
  'NETWORK_ERROR',
  'SERVER_OVERLOADED',
  'SOCKET_TIMEOUT',
  'TOO_MANY_SIMULTANEOUS_QUERIES',
])

const cancelled: ReadonlySet<string> = new Set(['QUERY_WAS_CANCELLED', 'QUERY_WAS_CANCELLED_BY_CLIENT'])

const isConnectionError = (error: unknown): boolean => {
  if (!(error instanceof Error) || error instanceof ClickHouseError) return false
  const code = 'code' in error ? String(error.code) : ''
  return (
    /^(ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI_|ERR_STREAM_PREMATURE_CLOSE)/.test(code) ||
    /^(Timeout error|socket hang up|aborted|terminated)/i.test(error.message) ||
    // An answer that ends in its middle.
    error instanceof SyntaxError
  )
}

/** Turns an error of a question into a fault; one that none fits stays an error, without the question's values. */
export const faultOf = (error: unknown, what: string, signal: AbortSignal | undefined): unknown => {
  if (error instanceof Fault) return error
  const type = error instanceof ClickHouseError ? (error.type ?? '') : ''
  if (signal?.aborted || cancelled.has(type)) return new Fault('cancelled', { what }, `${what} was cancelled`)
  const why = costly[type]
  if (why !== undefined)
    return new Fault(
      'too-costly',
      { why },
      `${what} costs too much: ${why}. Ask for a shorter time, a narrower filter or a smaller page`,
    )
  if (away.has(type) || isConnectionError(error))
    return new Fault(
      'engine-away',
      { retryAfterSeconds: 1 },
      'The event store does not answer at the moment; try again in a second',
    )
  return error instanceof ClickHouseError ? new Error(`${what} failed in the event store: ${wordsOf(error)}`) : error
}
