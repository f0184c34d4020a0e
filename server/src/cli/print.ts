import Table from 'cli-table3'

/** Something that the person at the terminal has to know and act on; printed without a stack. */
export class CliProblem extends Error {
  override readonly name = 'CliProblem'
}

/** Writes a line for whoever reads the answer, or its pipe. */
export const say = (line = ''): void => {
  process.stdout.write(`${line}\n`)
}

/** Writes a line for the person who watches; it stays out of a pipe. */
export const tell = (line = ''): void => {
  process.stderr.write(`${line}\n`)
}

const LONGEST_CELL = 60

/** A cell that cannot steer the terminal, whatever was sent to the server. */
const safe = (cell: unknown): string => {
  const text = cell === null || cell === undefined ? '' : String(cell)
  const shown = [...text].map((sign) => (/[\p{Cc}\p{Cf}\u2028\u2029]/u.test(sign) ? '\u00b7' : sign))
  return shown.length > LONGEST_CELL ? `${shown.slice(0, LONGEST_CELL - 1).join('')}\u2026` : shown.join('')
}

/** A table as text. Numbers stand on the right. */
export const table = (heads: readonly string[], rows: readonly (readonly unknown[])[]): string => {
  const numeric = heads.map((_, at) => rows.length > 0 && rows.every((row) => typeof (row[at] ?? 0) === 'number'))
  const drawn = new Table({
    head: heads.map(safe),
    colAligns: numeric.map((is) => (is ? 'right' : 'left')),
    style: { head: [], border: [], compact: true },
  })
  drawn.push(...rows.map((row) => row.map(safe)))
  return drawn.toString()
}
