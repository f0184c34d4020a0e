import type { Issue } from '../../core/fault.ts'

/** What a term may ask of an attribute; a bare attribute is `true`. */
export const operators = [
  'eq',
  'ne',
  'gt',
  'ge',
  'lt',
  'le',
  'in',
  'ieq',
  'iin',
  'like',
  'ilike',
  'isnull',
  'true',
] as const
export type Operator = (typeof operators)[number]

/** One term: `[!]attribute[.operator(values)]`. Values are decoded. */
export interface Term {
  readonly negated: boolean
  readonly attribute: string
  readonly operator: Operator
  readonly values: readonly string[]
}

/** A key of an order: `attribute` ascends, `!attribute` descends. */
export interface OrderKey {
  readonly attribute: string
  readonly descends: boolean
}

/** Where a text came from, for the issues that name it. */
export interface Source {
  readonly where: Issue['where']
  readonly name: string
}

export type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly issues: readonly Issue[] }

const LONGEST = 16_384
const MOST_TERMS = 100
const MOST_VALUES = 500

const ATTRIBUTE = /^[A-Za-z0-9_]+$/
const TERM = /^(!?)([A-Za-z0-9_]+)(?:\.([A-Za-z]+)\(([^()]*)\))?$/

const fewest: Readonly<Record<Operator, readonly [least: number, most: number]>> = {
  eq: [1, 1],
  ne: [1, 1],
  gt: [1, 1],
  ge: [1, 1],
  lt: [1, 1],
  le: [1, 1],
  in: [1, MOST_VALUES],
  ieq: [1, 1],
  iin: [1, MOST_VALUES],
  like: [1, 1],
  ilike: [1, 1],
  isnull: [0, 0],
  true: [0, 0],
}

const named: ReadonlySet<string> = new Set(operators.filter((operator) => operator !== 'true'))

const quote = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text)

/** The issue of one term, in the words of its sender. */
export const termIssue = (source: Source, term: string, rule: string, why: string): Issue => ({
  where: source.where,
  name: source.name,
  rule,
  message: `${source.name}: the term ${quote(term)} ${why}`,
})

/** Splits at commas outside of parentheses; parentheses that do not match stay in their part, which then is no term. */
const splitTerms = (text: string): readonly string[] => {
  const parts: string[] = []
  let depth = 0
  let from = 0
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]
    if (sign === '(') depth++
    else if (sign === ')') depth = Math.max(0, depth - 1)
    else if (sign === ',' && depth === 0) {
      parts.push(text.slice(from, at))
      from = at + 1
    }
  }
  return [...parts, text.slice(from)]
}

/** One value, percent-decoded once; undefined when what stands behind a `%` is no character. `+` is a plus. */
const decode = (value: string): string | undefined => {
  try {
    return decodeURIComponent(value)
  } catch {
    return undefined
  }
}

const readTerm = (source: Source, sent: string): Read<Term> => {
  const refuse = (rule: string, why: string): Read<Term> => ({
    ok: false,
    issues: [termIssue(source, sent, rule, why)],
  })
  const text = sent.trim()
  if (text === '') return refuse('required', 'is empty; take out the comma too many')
  const [, bang, attribute, operator, inside] = TERM.exec(text) ?? []
  if (attribute === undefined)
    return refuse(
      'format',
      'cannot be read; write [!]attribute or [!]attribute.operator(value), with , ( ) and % in a value as %2C %28 %29 and %25',
    )
  const negated = bang === '!'
  if (operator === undefined) return { ok: true, value: { negated, attribute, operator: 'true', values: [] } }
  if (!named.has(operator))
    return refuse(
      'unknown',
      `has the operator ${quote(operator)}, which is not known; known are ${[...named].join(', ')}`,
    )
  const values = inside === undefined || inside === '' ? [] : inside.split(',').map(decode)
  const [least, most] = fewest[operator as Operator]
  if (values.length < least) return refuse('required', `needs a value between the parentheses`)
  if (values.length > most)
    return refuse('size', most === 0 ? 'takes no value' : `takes at most ${most} value${most === 1 ? '' : 's'}`)
  const decoded: string[] = []
  for (const value of values) {
    if (value === undefined)
      return refuse('format', 'holds a % that is not followed by an encoded character; write a % as %25')
    if (value === '') return refuse('required', 'has an empty value; ask for no value with isnull()')
    decoded.push(value)
  }
  return { ok: true, value: { negated, attribute, operator: operator as Operator, values: decoded } }
}

const collect = <T>(reads: readonly Read<T>[]): Read<readonly T[]> => {
  const issues = reads.flatMap((read) => (read.ok ? [] : read.issues))
  return issues.length > 0
    ? { ok: false, issues }
    : { ok: true, value: reads.flatMap((read) => (read.ok ? [read.value] : [])) }
}

const tooLong = (source: Source, what: string): Read<never> => ({
  ok: false,
  issues: [{ ...source, rule: 'size', message: `${source.name} has more than ${what}` }],
})

/**
 * Reads a filter: terms that must all hold, divided by commas; each term that cannot be read is an issue. An empty text
 * has no terms. The text is what the sender meant to store: values in it are percent-encoded once.
 */
export const readFilter = (text: string, source: Source): Read<readonly Term[]> => {
  if (text.length > LONGEST) return tooLong(source, `${LONGEST} characters`)
  if (text.trim() === '') return { ok: true, value: [] }
  const terms = splitTerms(text)
  if (terms.length > MOST_TERMS) return tooLong(source, `${MOST_TERMS} terms`)
  return collect(terms.map((term) => readTerm(source, term)))
}

/** Reads an order: attributes divided by commas, `!` before one that descends. */
export const readOrder = (text: string, source: Source): Read<readonly OrderKey[]> => {
  if (text.length > LONGEST) return tooLong(source, `${LONGEST} characters`)
  if (text.trim() === '') return { ok: true, value: [] }
  const keys = text.split(',').map((sent): Read<OrderKey> => {
    const key = sent.trim()
    const attribute = key.startsWith('!') ? key.slice(1) : key
    if (!ATTRIBUTE.test(attribute))
      return { ok: false, issues: [termIssue(source, sent, 'format', 'is no key; write attribute or !attribute')] }
    return { ok: true, value: { attribute, descends: key !== attribute } }
  })
  return collect(keys)
}

/** Reads a list of attributes, divided by commas. */
export const readFields = (text: string, source: Source): Read<readonly string[]> => {
  const read = readOrder(text, source)
  if (!read.ok) return read
  const odd = read.value.find((key) => key.descends)
  return odd
    ? { ok: false, issues: [termIssue(source, `!${odd.attribute}`, 'format', 'is no attribute')] }
    : { ok: true, value: read.value.map((key) => key.attribute) }
}

/** Signs that divide a filter, and what would be read as a code. */
const encode = (value: string): string =>
  encodeURIComponent(value).replace(/[()]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)

/** Terms as a text that reads back as them. */
export const writeFilter = (terms: readonly Term[]): string =>
  terms
    .map(({ negated, attribute, operator, values }) => {
      const asked = operator === 'true' ? '' : `.${operator}(${values.map(encode).join(',')})`
      return `${negated ? '!' : ''}${attribute}${asked}`
    })
    .join(',')
