import type { Bindings } from './bindings.ts'

/** Stands between the texts of an event in the column `words`; nothing that holds it is found there. */
const SEPARATOR = '\u001f'

/** A text with its letters folded by Unicode, each on its own: a part of a text stays a part of it. */
export const folded = (text: string): string => `caseFoldUTF8(${text})`

/** A text for LIKE, where each of its signs stands for itself. */
export const literally = (value: string): string => value.replaceAll(/[\\%_]/g, '\\$&')

/** Whether some text of the event holds this one; LIKE is what an index on `words` helps. */
export const wordsHold = (value: string, bindings: Bindings): string =>
  value.includes(SEPARATOR) ? '0' : `words LIKE concat('%', ${folded(bindings.bind(literally(value), 'String'))}, '%')`
