/**
 * A text with its letters folded by Unicode, for comparing whatever the case: each on its own, so that a part of a text
 * folds to a part of the folded text. The dotless i stays itself.
 */
export const foldCase = (text: string): string =>
  Array.from(text, (letter) => (letter === 'ı' ? letter : letter.toLowerCase().toUpperCase().toLowerCase())).join('')
