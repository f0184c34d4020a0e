/** A number, a telephone number or an amount: it begins like a formula and is none. */
const NUMERIC = /^[+-][\d .,()/-]*$/

/**
 * A text that no spreadsheet takes for a formula: an apostrophe stands before what begins with `=`, `@`, a tab or a line
 * break, and before `+` and `-` unless a number follows, so that telephone numbers stay as they are.
 */
export const withoutFormula = (text: string): string =>
  /^[=@\t\r\n＝＠]/.test(text) || (/^[+\-＋－]/.test(text) && !NUMERIC.test(text)) ? `'${text}` : text

const cell = (text: string): string => {
  const safe = withoutFormula(text)
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** One line of CSV (RFC 4180), without formulas. */
export const csvLine = (cells: readonly string[]): string => `${cells.map(cell).join(',')}\r\n`

/** Makes spreadsheets read UTF-8, which some otherwise take for the encoding of their own country. */
export const byteOrderMark = '\uFEFF'

const FORMULA = /^[=+\-@\t\r]/

/**
 * A text as a cell of an export: quoted, and with an apostrophe before it where a spreadsheet might take it for a
 * formula, texts that look like numbers included: the engine writes its cells by the same rule.
 */
export const csvText = (text: string): string => `"${(FORMULA.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`

/** The line of heads. */
export const csvHeads = (heads: readonly string[]): string => `${heads.map(csvText).join(',')}\r\n`
