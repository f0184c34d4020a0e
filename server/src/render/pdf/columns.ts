import type { Column, Row } from '../../core/table.ts'
import type { Words } from '../words.ts'
import type { Typesetter } from './text.ts'

/** Characters of one cell that are set; the rest is left out and an ellipsis says so. */
const LONGEST_CELL = 1_000
const LEAST_WIDTH = 34
export const CELL_PADDING = 4

/** A column as it is set: its place and how its cells stand. */
export interface SetColumn {
  readonly name: string
  readonly column: Column
  readonly x: number
  /** Without its padding. */
  readonly width: number
  readonly right: boolean
}

export const cellText = (words: Words, { kind }: Column, row: Row, name: string): string => {
  const text = words.cell(kind, row[name] ?? null)
  return text.length > LONGEST_CELL ? `${text.slice(0, LONGEST_CELL)}…` : text
}

const rightKinds: ReadonlySet<Column['kind']> = new Set(['count', 'number', 'duration', 'seconds'])
const isRight = ({ kind }: Column): boolean => rightKinds.has(kind)
/** Numbers and times are not broken while there is room for them. */
const isFirm = (column: Column): boolean => isRight(column) || column.kind === 'instant' || column.kind === 'flag'

/** The widest that flexible columns may be, so that all of them fit into a room. */
const capOf = (wishes: readonly number[], room: number): number => {
  let cap = Math.max(...wishes, LEAST_WIDTH)
  const sum = (most: number) => wishes.reduce((all, wish) => all + Math.min(wish, most), 0)
  if (sum(cap) <= room) return cap
  let low = LEAST_WIDTH
  for (let step = 0; step < 20; step += 1) {
    const middle = (low + cap) / 2
    if (sum(middle) > room) cap = middle
    else low = middle
  }
  return low
}

/** Widths that fit what a sample of rows holds into a room; what is left over is shared out. */
export const setColumns = (
  columns: readonly (readonly [string, Column])[],
  sample: readonly Row[],
  words: Words,
  type: Typesetter,
  style: { readonly size: number; readonly left: number; readonly room: number },
): readonly SetColumn[] => {
  const widest = (text: string, bold: boolean): number =>
    Math.max(
      0,
      ...type.block(text, { size: style.size, bold }, Number.POSITIVE_INFINITY).lines.map(({ width }) => width),
    )
  const inner = style.room - columns.length * 2 * CELL_PADDING
  const wishes = columns.map(([name, column]) =>
    Math.max(
      widest(column.label, true) + 0.5,
      ...sample.map((row) => widest(cellText(words, column, row, name), false) + 0.5),
    ),
  )
  const firm = columns.reduce((sum, [, column], at) => sum + (isFirm(column) ? (wishes[at] ?? 0) : 0), 0)
  const loose = wishes.filter((_, at) => !isFirm(columns[at]?.[1] as Column))
  const firmFits = firm + loose.length * LEAST_WIDTH <= inner
  const cap = firmFits ? capOf(loose, inner - firm) : capOf(wishes, inner)
  const widths = columns.map(([, column], at) =>
    firmFits && isFirm(column) ? (wishes[at] ?? 0) : Math.min(wishes[at] ?? 0, cap),
  )
  // With more columns than even the least widths have room for, all become narrower alike.
  const squeeze = Math.min(1, inner / widths.reduce((sum, width) => sum + width, 0))
  const spare = Math.max(0, inner - widths.reduce((sum, width) => sum + width, 0)) / columns.length
  let x = style.left
  return columns.map(([name, column], at) => {
    const width = (widths[at] ?? 0) * squeeze + spare
    const right = isRight(column)
    // What stands at the right keeps off the next column, which begins at its left.
    const set = { name, column, x: x + CELL_PADDING, width: right ? width - spare / 2 : width, right }
    x += width + 2 * CELL_PADDING
    return set
  })
}
