import { type Issue, invalid } from '../../core/fault.ts'
import {
  and,
  anyOf,
  type Comparison,
  column,
  equals,
  type Filter,
  isNull,
  matches,
  not,
  or,
  type Scalar,
} from '../../core/filter.ts'
import { readInstant } from '../../core/instant.ts'
import type { Attribute, Attributes } from './attributes.ts'
import {
  type OrderKey,
  readFilter,
  readOrder,
  type Source,
  type Term,
  termIssue,
  writeFilter,
} from './filter-language.ts'

const orderings: Readonly<Partial<Record<Term['operator'], Comparison>>> = {
  gt: 'greater',
  ge: 'atLeast',
  lt: 'less',
  le: 'atMost',
}

const textOnly: ReadonlySet<string> = new Set(['ieq', 'iin', 'like', 'ilike'])

const listed = (attributes: Attributes): string => Object.keys(attributes).join(', ')

/** A value as its attribute is compared; undefined when it is not of its kind. */
const readValue = ({ kind }: Attribute, text: string): Scalar | undefined => {
  if (kind === 'text') return text
  if (kind === 'time') return readInstant(text)
  if (kind === 'flag') return text === 'true' ? true : text === 'false' ? false : undefined
  return /^-?\d{1,15}(?:\.\d{1,6})?$/.test(text) ? Number(text) : undefined
}

const kindWords = {
  text: 'text',
  time: 'a time, such as 2026-01-31T09:00:00Z',
  number: 'a number',
  flag: 'true or false',
} as const

/** One comparison, without its negation; a sentence about the term when it makes no sense. */
const compare = (term: Term, attribute: Attribute): Filter | string => {
  const field = column(attribute.column)
  const { operator, values } = term
  if (operator === 'true')
    return attribute.kind === 'flag' ? equals(field, true) : 'stands alone, and only true-or-false attributes may'
  if (operator === 'isnull') return isNull(field)
  if (textOnly.has(operator) && attribute.kind !== 'text')
    return `asks ${operator} of ${term.attribute}, which is no text`
  const ordering = orderings[operator]
  if (ordering && attribute.kind === 'flag') return `asks ${operator} of ${term.attribute}, which is true or false`
  const read = values.map((value) => readValue(attribute, value))
  const odd = values[read.indexOf(undefined)]
  if (odd !== undefined)
    return `has the value ${JSON.stringify(odd.slice(0, 40))}; ${term.attribute} is compared with ${kindWords[attribute.kind]}`
  const scalars = read.filter((value) => value !== undefined)
  const [first = null] = scalars
  if (ordering) return { is: ordering, field, value: first }
  if (operator === 'like' || operator === 'ilike') {
    const pieces = (values[0] ?? '').split(/[*%]+/)
    return matches(field, pieces, operator === 'ilike' || attribute.caseless === true)
  }
  if (attribute.caseless || operator === 'ieq' || operator === 'iin')
    return or(...values.map((value) => matches(field, [value], true)))
  return anyOf(field, scalars)
}

/** Null is neither more nor less than anything, and not unlike it either: only `isnull` finds it. */
const term = (asked: Term, attribute: Attribute): Filter | string => {
  const compared = compare(asked, attribute)
  if (typeof compared === 'string') return compared
  const negated = asked.negated !== (asked.operator === 'ne')
  if (!negated) return compared
  if (asked.operator === 'isnull' || attribute.always) return not(compared)
  return and(not(compared), not(isNull(column(attribute.column))))
}

/** Terms as the one tree that is asked. @throws Fault `invalid` naming every term that cannot be asked */
export const compileTerms = (terms: readonly Term[], attributes: Attributes, source: Source): Filter => {
  const issues: Issue[] = []
  const parts = terms.flatMap((one) => {
    const said = writeFilter([one])
    const attribute = Object.hasOwn(attributes, one.attribute) ? attributes[one.attribute] : undefined
    const part = attribute
      ? term(one, attribute)
      : `names ${JSON.stringify(one.attribute)}, which is not known; known are ${listed(attributes)}`
    if (typeof part !== 'string') return [part]
    issues.push(termIssue(source, said, 'unknown', part))
    return []
  })
  if (issues.length > 0) throw invalid(issues)
  return and(...parts)
}

/** The terms of a text. @throws Fault `invalid` */
export const termsOf = (text: string | null | undefined, source: Source): readonly Term[] => {
  const read = readFilter(text ?? '', source)
  if (!read.ok) throw invalid(read.issues)
  return read.value
}

/** The keys of an order, each of them known. @throws Fault `invalid` */
export const orderOf = (
  text: string | null | undefined,
  known: readonly string[],
  source: Source,
): readonly OrderKey[] => {
  const read = readOrder(text ?? '', source)
  if (!read.ok) throw invalid(read.issues)
  const odd = read.value.filter((key) => !known.includes(key.attribute))
  if (odd.length > 0)
    throw invalid(
      odd.map((key) =>
        termIssue(source, key.attribute, 'unknown', `is nothing to order by; known are ${known.join(', ')}`),
      ),
    )
  return read.value
}
