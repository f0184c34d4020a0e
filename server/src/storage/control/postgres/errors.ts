import { Fault } from '../../../core/fault.ts'
import { inboxFull } from '../inbox/full.ts'

/** Raised by `inbox_append` when a bound of the inbox is passed; its message names the bound. */
const BOUND_PASSED = 'RC001'
const DISK_FULL = '53100'

/** SQLSTATE classes and codes of a server that is away, starting, stopping, a standby, or out of connections. */
const AWAY = /^(?:08...|57P0.|53300|25006)$/
/** What Node says of a connection that breaks or never comes about. */
const BROKEN = /^(?:ECONN|EPIPE|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EAI_)/
const BROKEN_WORDS = /connection terminated|connection ended|timeout|not queryable|socket/i

/** The SQLSTATE or system code of an error, if it has one. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

/** Whether an error means that the connection cannot be used any more. */
const isAway = (error: unknown): boolean => {
  const code = codeOf(error)
  if (code !== '') return AWAY.test(code) || BROKEN.test(code)
  return error instanceof Error && BROKEN_WORDS.test(error.message)
}

/** Whether trying the same transaction again is the way out: a deadlock or a race that was lost. */
export const isLostRace = (error: unknown): boolean => codeOf(error) === '40001' || codeOf(error) === '40P01'

/** Turns what PostgreSQL or its connection says into a fault where one fits; leaves everything else as it is. */
export const faultOf = (error: unknown): unknown => {
  const code = codeOf(error)
  if (code === BOUND_PASSED)
    return inboxFull(error instanceof Error && error.message === 'bytes' ? 'bytes' : 'rows', { cause: error })
  if (code === DISK_FULL) return inboxFull('disk', { cause: error })
  if (isAway(error))
    return new Fault(
      'control-away',
      { retryAfterSeconds: 5 },
      'The PostgreSQL of the control store does not answer; it is tried again with every call',
      { cause: error },
    )
  return error
}
