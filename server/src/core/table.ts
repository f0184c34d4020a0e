export type ColumnKind = 'text' | 'instant' | 'duration' | 'seconds' | 'count' | 'number' | 'flag' | 'json'

/**
 * One column of a report's answer. Instants travel as epoch milliseconds, durations as whole
 * milliseconds, seconds with their fractions, counts as whole numbers, json as JSON text.
 */
export interface Column {
  readonly kind: ColumnKind
  readonly label: string
  readonly nullable: boolean
  /** What a reader can open from a cell: a person's page, an event. */
  readonly opens?: 'person' | 'event'
  /** The column that says what people call this one's value: a document that is read shows that one alone. */
  readonly namedBy?: string
  orNull(): Column
}

const makeColumn =
  (kind: ColumnKind) =>
  (label: string, options: Partial<Pick<Column, 'opens' | 'namedBy' | 'nullable'>> = {}): Column => ({
    kind,
    label,
    nullable: options.nullable ?? false,
    ...(options.opens ? { opens: options.opens } : {}),
    ...(options.namedBy ? { namedBy: options.namedBy } : {}),
    orNull: () => makeColumn(kind)(label, { ...options, nullable: true }),
  })

export const text = makeColumn('text')
export const instant = makeColumn('instant')
export const duration = makeColumn('duration')
export const seconds = makeColumn('seconds')
export const count = makeColumn('count')
export const number = makeColumn('number')
export const flag = makeColumn('flag')
export const json = makeColumn('json')

export type Columns = Readonly<Record<string, Column>>
export type Cell = string | number | boolean | null
/** A row as a report answers it: its columns' names and cells. */
export type Row = Record<string, Cell>
