import { type Issue, invalid } from '../../core/fault.ts'
import { readInstant } from '../../core/instant.ts'
import type { Window } from '../../core/window.ts'

const read = (where: Issue['where'], name: string, value: unknown, issues: Issue[]): number | undefined => {
  if (value === undefined) return undefined
  // A query string carries epoch milliseconds as digits.
  const at = readInstant(typeof value === 'string' && /^-?\d{5,16}$/.test(value) ? Number(value) : value)
  if (at === undefined)
    issues.push({ where, name, rule: 'format', message: `${name} must be ISO 8601 or epoch milliseconds` })
  return at
}

/**
 * The span that `from` and `to` ask for, both included; what is missing comes from now and the report's own span.
 * Undefined when neither was sent.
 */
export const readWindow = (
  where: Issue['where'],
  asked: { readonly from?: unknown; readonly to?: unknown },
  span: number,
  now: number,
): Window | undefined => {
  const issues: Issue[] = []
  const from = read(where, 'from', asked.from, issues)
  const to = read(where, 'to', asked.to, issues)
  const window = { from: from ?? (to ?? now) - span, to: to ?? Math.max(now, from ?? now) }
  if (issues.length === 0 && window.from > window.to)
    issues.push({ where, name: 'to', rule: 'range', message: 'to must not be before from' })
  if (issues.length > 0) throw invalid(issues)
  return asked.from === undefined && asked.to === undefined ? undefined : window
}
