import { type Logger, pino } from 'pino'
import type { Log } from '../core/log.ts'

/** Names under which a secret or an event's content could stand; they never reach a log. */
const hidden = [
  'secret',
  'password',
  'authorization',
  'licensekey',
  'privateKey',
  'keySecret',
  'body',
  'raw',
  'row',
  'data',
  'headers',
]

/** The one logger. Lines are JSON on standard output. */
export const createLog = (level: string): Logger =>
  pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: hidden.flatMap((name) => [name, `*.${name}`]), censor: '***' },
  })

/** The logger as the parts below take it: a level, a sentence, fields. */
export const logTo =
  (log: Logger): Log =>
  (level, message, fields = {}) =>
    log[level](fields, message)
