import type { Table } from '../bench.ts'

/** Writes a table for a terminal: the first column to the left, figures to the right. */
export const tableText = ({ title, notes = [], head, rows }: Table): string => {
  const lines = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)))
  const text = (line: readonly string[]): string =>
    widths
      .map((width, column) =>
        column === 0 ? (line[column] ?? '').padEnd(width) : (line[column] ?? '').padStart(width),
      )
      .join('  ')
      .trimEnd()
  const rule = widths.map((width) => '-'.repeat(width)).join('  ')
  return [`\n${title}`, text(head), rule, ...rows.map(text), ...notes].join('\n')
}
