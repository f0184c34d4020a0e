/** What a spreadsheet takes for a formula when a text begins with it; full-width forms, too, which some read as the plain ones. */
export const formulaBegins = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'] as const

const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/

/** A text that no spreadsheet takes for a formula: an apostrophe stands before what begins like one, telephone numbers included. */
export const withoutFormula = (text: string): string => (FORMULA.test(text) ? `'${text}` : text)

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`

/** A cell that is quoted only where it must be (RFC 4180), as it is: for numbers and times. */
export const csvPlain = (text: string): string => (/[",\r\n]/.test(text) ? quoted(text) : text)

/** One line of texts, quoted only where they must be, without formulas. */
export const csvLine = (cells: readonly string[]): string =>
  `${cells.map((text) => csvPlain(withoutFormula(text))).join(',')}\r\n`

/** Makes spreadsheets read UTF-8, which some otherwise take for the encoding of their own country. */
export const byteOrderMark = '\uFEFF'

/** A text as a cell of an export, always quoted, without formulas: the engine writes its cells by the same rule. */
export const csvText = (text: string): string => quoted(withoutFormula(text))

/** The line of heads. */
export const csvHeads = (heads: readonly string[]): string => `${heads.map(csvText).join(',')}\r\n`
