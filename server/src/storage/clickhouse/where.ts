import { eventColumns } from '../../core/event.ts'
import { invalid } from '../../core/fault.ts'
import type { Comparison, Field, Filter, Scalar } from '../../core/filter.ts'
import type { Bindings } from './bindings.ts'
import { columnIn, columnIsNull, columnMatches, compareColumn, type Pattern } from './where-column.ts'
import { comparePath, pathIn, pathIsNull, pathMatches } from './where-path.ts'
import { wordsHold } from './where-words.ts'

/** What a filter may look at: the columns of a source, and whether it has the event as it was sent. */
export interface Filterable {
  readonly columns: readonly string[]
  readonly paths: boolean
}

export const filterableEvents: Filterable = { columns: eventColumns, paths: true }

/**
 * Compiles a filter to SQL that is 0 or 1 for every row, never NULL; values and paths are bound, column names come
 * from the source's list. Columns are empty, not null, when the sender said nothing; so `null` is empty there.
 * @throws Fault `invalid` when the filter looks at something that the source does not have
 */
export const compileWhere = (filter: Filter, bindings: Bindings, source: Filterable = filterableEvents): string => {
  const compile = (part: Filter): string => {
    switch (part.is) {
      case 'and':
      case 'or':
        return joined(part.is, part.of.map(compile))
      case 'not':
        return `NOT ${compile(part.of)}`
      case 'null':
        return isNull(known(part.field, source), bindings)
      case 'anyOf':
        return isAnyOf(known(part.field, source), part.values, bindings)
      case 'equals':
        return isAnyOf(known(part.field, source), [part.value], bindings)
      case 'matches':
        return matches(known(part.field, source), part, bindings)
      case 'mentions':
        return mentions(part.value, source, bindings)
      default:
        return compare(part.is, known(part.field, source), part.value, bindings)
    }
  }
  return compile(filter)
}

const joined = (is: 'and' | 'or', parts: readonly string[]): string => {
  if (parts.length === 0) return is === 'and' ? '1' : '0'
  return `(${parts.join(is === 'and' ? ' AND ' : ' OR ')})`
}

const known = (field: Field, source: Filterable): Field => {
  const there = field.at === 'column' ? source.columns.includes(field.column) : source.paths && field.path.length > 0
  if (there) return field
  const name = field.at === 'column' ? field.column : field.path.join('.')
  throw invalid([{ where: 'query', name, rule: 'unknown', message: `This report cannot be filtered by ${name}` }])
}

const isNull = (field: Field, bindings: Bindings): string =>
  field.at === 'column' ? columnIsNull(field.column) : pathIsNull(field.path, bindings)

const isAnyOf = (field: Field, values: readonly Scalar[], bindings: Bindings): string => {
  const some = values.filter((value) => value !== null)
  const parts = some.length < values.length ? [isNull(field, bindings)] : []
  if (some.length)
    parts.push(field.at === 'column' ? columnIn(field.column, some, bindings) : pathIn(field.path, some, bindings))
  return joined('or', parts)
}

const matches = (field: Field, pattern: Pattern, bindings: Bindings): string =>
  field.at === 'column' ? columnMatches(field.column, pattern, bindings) : pathMatches(field.path, pattern, bindings)

/** Looked for in the texts of the event, which stand in one column. */
const mentions = (value: string, source: Filterable, bindings: Bindings): string => {
  if (source.paths) return wordsHold(value, bindings)
  throw invalid([
    { where: 'query', name: 'filter', rule: 'unknown', message: 'This report cannot be searched for a text' },
  ])
}

const compare = (is: Exclude<Comparison, 'equals'>, field: Field, value: Scalar, bindings: Bindings): string => {
  if (value === null) return '0'
  return field.at === 'column'
    ? compareColumn(is, field.column, value, bindings)
    : comparePath(is, field.path, value, bindings)
}
