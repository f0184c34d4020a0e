import type { Issue } from '../../../core/fault.ts'
import { and, column, equals, type Field, type Filter, or, path } from '../../../core/filter.ts'
import { bodyIssue } from '../json-body.ts'
import type { Body } from './body.ts'

/**
 * The filters that a report's document names, and where each looks. A service provider is matched by any of its
 * names; an application also by the one that a portal's login carries.
 */
const places = {
  user_id: [column('user_id')],
  person_id: [column('person_id')],
  auth_method: [column('auth_method')],
  serviceProvider: [column('application'), path('serviceProvider'), path('sp_name'), path('sp_id')],
  application: [
    column('application'),
    path('application'),
    path('sp_name'),
    path('sp_id'),
    path('factsSubmitted', 'applicationId'),
  ],
} as const satisfies Record<string, readonly Field[]>

export type NamedFilter = keyof typeof places

/** Longer than any value of a column; what cannot match is not searched for. */
const LONGEST = 8_192

/** Reads a text that filters; undefined, with an issue, when it is none. */
export const readText = (name: string, value: unknown, issues: Issue[]): string | undefined => {
  if (typeof value !== 'string' || !value.isWellFormed())
    issues.push(bodyIssue(name, 'type', 'Field should be a string'))
  else if (value.length > LONGEST)
    issues.push(bodyIssue(name, 'size', `Field should have at most ${LONGEST} characters`))
  else return value
  return undefined
}

/** Reads a report's named filters: texts that are compared for equality; all of them hold at once. */
export const readNamedFilters = (body: Body, names: readonly NamedFilter[], issues: Issue[]): Filter => {
  const parts: Filter[] = []
  for (const name of names) {
    if (body[name] === undefined) continue
    const value = readText(name, body[name], issues)
    if (value !== undefined) parts.push(or(...places[name].map((field) => equals(field, value))))
  }
  return and(...parts)
}
