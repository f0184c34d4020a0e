import type { Column, Row } from '../../core/table.ts'
import type { Words } from '../words.ts'
import type { Typesetter } from './text.ts'

/** Characters of one cell that are set; the rest is left out and an ellipsis says so. */
const LONGEST_CELL = 1_000
const LEAST_WIDTH = 34
/** A longer word is broken where there is little room; others stand whole. In points. */
const LONGEST_WORD = 80
const FAIR_WORD = 50
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
/** Where words end; letters of scripts that are broken anywhere stand by themselves. */
const SPACES = /[ \n\t]|(?<=[-_.@/:,;=&?|\u2e80-\u30ff\u3400-\u9fff])/
/** Numbers and times are not broken while there is room for them. */
const isFirm = (column: Column): boolean => isRight(column) || column.kind === 'instant' || column.kind === 'flag'

/** What a column wants, and what its longest words need. */
interface Wish {
  readonly want: number
  readonly need: number
}

/** A column's width where flexible ones may be so wide at most. */
const within = ({ want, need }: Wish, cap: number): number => Math.max(need, Math.min(want, cap))

/** The widest that flexible columns may be, so that all of them fit into a room that has what they need. */
const capOf = (wishes: readonly Wish[], room: number): number => {
  let cap = Math.max(...wishes.map(({ want }) => want))
  const sum = (most: number) => wishes.reduce((all, wish) => all + within(wish, most), 0)
  if (sum(cap) <= room) return cap
  let low = 0
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
  const wide = (text: string, bold: boolean): Wish => ({
    want: widest(text, bold) + 0.5,
    need: Math.min(LONGEST_WORD, Math.max(...text.split(SPACES).map((word) => widest(word, bold))) + 0.5),
  })
  const wishes = columns.map(([name, column]): Wish => {
    const head = wide(column.label, true)
    const cells = sample.map((row) => wide(cellText(words, column, row, name), false))
    return {
      want: Math.max(head.want, ...cells.map(({ want }) => want)),
      need: Math.max(head.need, ...cells.map(({ want, need }) => (isFirm(column) ? want : need))),
    }
  })
  // Where the longest words do not fit beside each other, text gives way first, and numbers and times last.
  const needing = (need: (wish: Wish, column: Column) => number): readonly Wish[] =>
    wishes.map((wish, at) => ({ ...wish, need: need(wish, columns[at]?.[1] as Column) }))
  const fits = (all: readonly Wish[]): boolean => all.reduce((sum, { need }) => sum + need, 0) <= inner
  const shorter = [FAIR_WORD, LEAST_WIDTH].map((most) =>
    needing(({ need }, column) => (isFirm(column) ? need : Math.min(need, most))),
  )
  const given = [wishes, ...shorter].find(fits) ?? needing(() => 0)
  const cap = capOf(given, inner)
  const widths = given.map((wish) => within(wish, cap))
  const spare = Math.max(0, inner - widths.reduce((sum, width) => sum + width, 0)) / columns.length
  let x = style.left
  return columns.map(([name, column], at) => {
    const width = (widths[at] ?? 0) + spare
    const right = isRight(column)
    // What stands at the right keeps off the next column, which begins at its left.
    const set = { name, column, x: x + CELL_PADDING, width: right ? width - spare / 2 : width, right }
    x += width + 2 * CELL_PADDING
    return set
  })
}
