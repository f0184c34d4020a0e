/** What a comparison is against. Times are compared as epoch milliseconds by their column. */
export type Scalar = string | number | boolean | null

/**
 * Where a filter looks: a column of the event, or a path into the event as it was sent.
 * A path's keys are literal; `anyOf` tries several places and matches when one of them does.
 */
export type Field =
  | { readonly at: 'column'; readonly column: string }
  | { readonly at: 'path'; readonly path: readonly string[] }

export type Comparison = 'equals' | 'less' | 'atMost' | 'greater' | 'atLeast' | 'contains' | 'startsWith'

/** The one tree that every dialect's filters parse into. Values are always bound, never spliced. */
export type Filter =
  | { readonly is: 'and' | 'or'; readonly of: readonly Filter[] }
  | { readonly is: 'not'; readonly of: Filter }
  | { readonly is: Comparison; readonly field: Field; readonly value: Scalar }
  | { readonly is: 'anyOf'; readonly field: Field; readonly values: readonly Scalar[] }
  | { readonly is: 'null'; readonly field: Field }
  /** The whole text is these pieces in their order, with anything between two of them; one piece is the text itself. */
  | { readonly is: 'matches'; readonly field: Field; readonly pieces: readonly string[]; readonly caseless: boolean }
  /** Some text that was sent with the event holds this one, in whatever case; names of members do not count. */
  | { readonly is: 'mentions'; readonly value: string }

export const column = (name: string): Field => ({ at: 'column', column: name })
export const path = (...keys: string[]): Field => ({ at: 'path', path: keys })
export const and = (...of: Filter[]): Filter => (of.length === 1 && of[0] ? of[0] : { is: 'and', of })
export const or = (...of: Filter[]): Filter => (of.length === 1 && of[0] ? of[0] : { is: 'or', of })
export const not = (of: Filter): Filter => ({ is: 'not', of })
export const equals = (field: Field, value: Scalar): Filter => ({ is: 'equals', field, value })
export const anyOf = (field: Field, values: readonly Scalar[]): Filter => ({ is: 'anyOf', field, values })

export const isNull = (field: Field): Filter => ({ is: 'null', field })
export const matches = (field: Field, pieces: readonly string[], caseless: boolean): Filter => ({
  is: 'matches',
  field,
  pieces,
  caseless,
})
/** The text there holds this one, in whatever case either is written. A time is its ISO 8601 text. */
export const holds = (field: Field, value: string): Filter => matches(field, ['', value, ''], true)
export const mentions = (value: string): Filter => ({ is: 'mentions', value })

/** Whether a filter looks into what was sent with the event, beyond the columns of what was found in it. */
export const looksInside = (filter: Filter): boolean => {
  switch (filter.is) {
    case 'and':
    case 'or':
      return filter.of.some(looksInside)
    case 'not':
      return looksInside(filter.of)
    case 'mentions':
      return true
    default:
      return filter.field.at === 'path'
  }
}

/** The filter that lets everything through. */
export const everything: Filter = { is: 'and', of: [] }

/**
 * Between which numbers a filter can hold at all, by what it says of some columns: the bounds that all must keep. It may
 * hold nowhere, and its ends may be infinite.
 */
export const spanOf = (
  filter: Filter,
  columns: ReadonlySet<string>,
): { readonly from: number; readonly to: number } => {
  if (filter.is === 'and') {
    const spans = filter.of.map((part) => spanOf(part, columns))
    return {
      from: Math.max(Number.NEGATIVE_INFINITY, ...spans.map(({ from }) => from)),
      to: Math.min(Number.POSITIVE_INFINITY, ...spans.map(({ to }) => to)),
    }
  }
  const bound =
    'field' in filter && filter.field.at === 'column' && columns.has(filter.field.column) && 'value' in filter
      ? filter.value
      : undefined
  return {
    from:
      (filter.is === 'atLeast' || filter.is === 'greater') && typeof bound === 'number'
        ? bound
        : Number.NEGATIVE_INFINITY,
    to:
      (filter.is === 'atMost' || filter.is === 'less') && typeof bound === 'number' ? bound : Number.POSITIVE_INFINITY,
  }
}

/** How many comparisons a filter holds; what is asked is bounded by it. */
export const filterSize = (filter: Filter): number => {
  switch (filter.is) {
    case 'and':
    case 'or':
      return filter.of.reduce((sum, part) => sum + filterSize(part), 0)
    case 'not':
      return filterSize(filter.of)
    case 'anyOf':
      return Math.max(1, filter.values.length)
    default:
      return 1
  }
}
