import type { Field, Filter, Scalar } from '../../core/filter.ts'
import type { Entry } from './models.ts'

const order = (left: Scalar, right: Scalar): number => {
  if (typeof left === 'number' && typeof right === 'number') return left - right
  return Buffer.compare(Buffer.from(String(left)), Buffer.from(String(right)))
}

const holds = (text: string, pieces: readonly string[]): boolean => {
  const first = pieces[0] ?? ''
  const last = pieces.at(-1) ?? ''
  if (pieces.length === 1) return text === first
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false
  const end = text.length - last.length
  let at = first.length
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at)
    if (found < 0 || found + piece.length > end) return false
    at = found + piece.length
  }
  return true
}

/** Whether a record passes a filter on its attributes: what the engine would say of a row. */
export const passes = (filter: Filter, record: Entry): boolean => {
  const at = (field: Field): Scalar => (field.at === 'column' ? (record[field.column] ?? null) : null)
  const compared = (field: Field, test: (left: string | number | boolean) => boolean): boolean => {
    const left = at(field)
    return left !== null && test(left)
  }
  switch (filter.is) {
    case 'and':
      return filter.of.every((part) => passes(part, record))
    case 'or':
      return filter.of.some((part) => passes(part, record))
    case 'not':
      return !passes(filter.of, record)
    case 'null':
      return at(filter.field) === null
    case 'equals':
      return at(filter.field) === filter.value
    case 'anyOf':
      return filter.values.includes(at(filter.field))
    case 'matches': {
      const fold = (text: string) => (filter.caseless ? text.toLowerCase() : text)
      return compared(filter.field, (left) => holds(fold(String(left)), filter.pieces.map(fold)))
    }
    case 'less':
      return compared(filter.field, (left) => order(left, filter.value) < 0)
    case 'atMost':
      return compared(filter.field, (left) => order(left, filter.value) <= 0)
    case 'greater':
      return compared(filter.field, (left) => order(left, filter.value) > 0)
    case 'atLeast':
      return compared(filter.field, (left) => order(left, filter.value) >= 0)
    case 'contains':
      return compared(filter.field, (left) => String(left).includes(String(filter.value)))
    case 'startsWith':
      return compared(filter.field, (left) => String(left).startsWith(String(filter.value)))
    default:
      return false
  }
}

/** Records in an order of attributes; null comes last where it ascends, as PostgreSQL has it, and `id` decides the rest. */
export const sortBy = (
  records: readonly Entry[],
  keys: readonly { readonly attribute: string; readonly descends: boolean }[],
): readonly Entry[] =>
  [...records].sort((a, b) => {
    for (const { attribute, descends } of [...keys, { attribute: 'id', descends: false }]) {
      const [left = null, right = null] = [a[attribute], b[attribute]]
      if (left === right) continue
      const way =
        left === null ? 1 : right === null ? -1 : attribute === 'id' ? byNumber(left, right) : order(left, right)
      if (way !== 0) return descends ? -way : way
    }
    return 0
  })

/** Ids are numbers of any length as text. */
const byNumber = (left: Scalar, right: Scalar): number =>
  String(left).length - String(right).length || order(left, right)
