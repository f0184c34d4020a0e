import Type from 'typebox'
import { type Issue, invalid } from '../../core/fault.ts'
import type { Filter } from '../../core/filter.ts'
import type { Attributes } from './attributes.ts'
import { compileTerms, orderOf, termsOf } from './compile.ts'
import { readFields } from './filter-language.ts'
import { type Entry, isInstant, type Model, models, say } from './models.ts'
import { passes, sortBy } from './passes.ts'

/** Most records of one answer. */
export const MOST = 10_000

export const ListQuery = Type.Object(
  {
    filter: Type.Optional(Type.String({ description: 'Terms that must all hold, such as `title.like(Test*)`.' })),
    fields: Type.Optional(Type.String({ description: 'The attributes to answer, divided by commas.' })),
    order: Type.Optional(Type.String({ description: 'Attributes, `!` before one that descends; then by `id`.' })),
    offset: Type.Optional(Type.String({ description: 'How many to leave out; 0.' })),
    limit: Type.Optional(Type.String({ description: `How many to answer at most; ${MOST}.` })),
    total_count: Type.Optional(Type.String({ description: '`true` answers how many there are (ours).' })),
  },
  { additionalProperties: false },
)

export type ListQuery = Type.Static<typeof ListQuery>

const whole = (query: ListQuery, name: 'offset' | 'limit', most: number, otherwise: number): number => {
  const text = query[name]
  if (text === undefined) return otherwise
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (number <= most) return number
  const issue: Issue = { where: 'query', name, rule: 'range', message: `${name} must be a whole number up to ${most}` }
  throw invalid([issue])
}

const attributesOfModel = (model: Model): Attributes =>
  Object.fromEntries(
    Object.entries(models[model]).map(([name, { type }]) => [
      name,
      type === 'boolean'
        ? { column: name, kind: 'flag' as const, always: true as const }
        : { column: name, kind: isInstant(name) ? ('time' as const) : ('text' as const) },
    ]),
  )

export interface Listing {
  readonly filter: Filter
  readonly wantsRemoved: boolean
  readonly fields: readonly string[] | undefined
  readonly apply: (records: AsyncIterable<Entry>, zone: string) => Promise<Record<string, unknown>>
}

/** What a list's parameters ask of a model. @throws Fault `invalid` naming the parameter or the term */
export const readListing = (model: Model, query: ListQuery): Listing => {
  const attributes = attributesOfModel(model)
  const known = Object.keys(attributes)
  const source = { where: 'query', name: 'filter' } as const
  const terms = termsOf(query.filter, source)
  const filter = compileTerms(terms, attributes, source)
  const order = orderOf(query.order, known, { where: 'query', name: 'order' })
  const wantsRemoved = terms.some(({ attribute }) => attribute === 'removed')
  const fields = fieldsOf(query.fields, known)
  const offset = whole(query, 'offset', 999_999_999, 0)
  const limit = whole(query, 'limit', MOST, MOST)
  if (query.total_count !== undefined && query.total_count !== 'true' && query.total_count !== 'false')
    throw invalid([{ where: 'query', name: 'total_count', rule: 'type', message: 'total_count is true or false' }])
  return {
    filter,
    wantsRemoved,
    fields,
    async apply(records, zone) {
      const found: Entry[] = []
      for await (const record of records)
        if ((wantsRemoved || record.removed !== true) && passes(filter, record)) found.push(record)
      const page = sortBy(found, order).slice(offset, offset + limit)
      return {
        result: 'success',
        [model]: page.map((record) => say(record, zone, fields)),
        ...(query.total_count === 'true' ? { total_count: found.length } : {}),
      }
    },
  }
}

const fieldsOf = (text: string | undefined, known: readonly string[]): readonly string[] | undefined => {
  if (text === undefined || text === '') return undefined
  const read = readFields(text, { where: 'query', name: 'fields' })
  if (!read.ok) throw invalid(read.issues)
  const odd = read.value.filter((name) => !known.includes(name))
  if (odd.length === 0) return read.value
  throw invalid(
    odd.map((name) => ({
      where: 'query',
      name: 'fields',
      rule: 'unknown',
      message: `fields names ${JSON.stringify(name)}, which is not known; known are ${known.join(', ')}`,
    })),
  )
}

/** The `fields` of a single record. */
export const readOne = (model: Model, query: { readonly fields?: string }): readonly string[] | undefined =>
  fieldsOf(query.fields, Object.keys(models[model]))

/** What a map makes of each. */
export async function* mapped<A, B>(from: AsyncIterable<A>, map: (one: A) => B): AsyncGenerator<B> {
  for await (const one of from) yield map(one)
}
