import { type Issue, invalid } from '../../core/fault.ts'
import { type Term, writeFilter } from './filter-language.ts'

/** What a report may be asked for in the older form, and the attribute that it means. */
const fields: Readonly<Record<string, string>> = {
  protocol: 'protocol',
  user: 'user_id',
  server: 'server_id',
  safe: 'safe_id',
  account: 'account_id',
  listener: 'listener_id',
}

/**
 * Criteria as the filter that says the same: all must hold, and of a field that comes more than once any value.
 * @throws Fault `invalid` naming the entry
 */
export const filterOfCriteria = (
  criteria: readonly { readonly field: string; readonly value: string | number }[],
): string => {
  const values = new Map<string, string[]>()
  const issues: Issue[] = []
  for (const [at, { field, value }] of criteria.entries()) {
    const attribute = Object.hasOwn(fields, field) ? fields[field] : undefined
    const refuse = (name: string, message: string) =>
      issues.push({ where: 'body', name: `criteria.${at}.${name}`, rule: 'unknown', message })
    if (attribute === undefined)
      refuse(
        'field',
        `There is no field ${JSON.stringify(field.slice(0, 80))}; there are ${Object.keys(fields).join(', ')}`,
      )
    else if (String(value) === '') refuse('value', `The value of ${field} must not be empty`)
    else if (typeof value === 'number' && !Number.isSafeInteger(value))
      refuse('value', `The value of ${field} does not fit a JSON number; send it as a text`)
    else if (!String(value).isWellFormed()) refuse('value', `The value of ${field} is no text`)
    else values.set(attribute, [...(values.get(attribute) ?? []), String(value)])
  }
  if (issues.length > 0) throw invalid(issues)
  const terms = [...values].map(([attribute, of]): Term => ({ negated: false, attribute, operator: 'in', values: of }))
  return writeFilter(terms)
}
