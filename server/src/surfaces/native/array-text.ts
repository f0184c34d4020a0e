/** Where one element of an array stands in its text: from (inclusive) to (exclusive), without the space around it. */
export type Slice = readonly [from: number, to: number]

const QUOTE = 34
const COMMA = 44

const skipSpace = (text: string, at: number): number => {
  let next = at
  while (next < text.length && text.charCodeAt(next) <= 32) next++
  return next
}

/** The index behind the string that opens at `open`; the text's length when none closes it. */
const behindString = (text: string, open: number): number => {
  let quote = text.indexOf('"', open + 1)
  while (quote >= 0) {
    let slashes = 0
    while (text.charCodeAt(quote - 1 - slashes) === 92) slashes++
    if (slashes % 2 === 0) return quote + 1
    quote = text.indexOf('"', quote + 1)
  }
  return text.length
}

/**
 * Finds the elements of an array in its JSON text without parsing them, so that each is kept as it was sent.
 * Undefined when the text is not one array from its first to its last character; an element may still be no JSON.
 */
export const arrayElements = (text: string): readonly Slice[] | undefined => {
  const open = skipSpace(text, 0)
  if (text[open] !== '[') return undefined
  const slices: Slice[] = []
  let depth = 0
  let from = skipSpace(text, open + 1)
  if (text[from] === ']') return skipSpace(text, from + 1) === text.length ? slices : undefined
  for (let at = from; at < text.length; ) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) {
      at = behindString(text, at)
      continue
    }
    if (code === 123 || code === 91) depth++
    else if (code === 125 || (code === 93 && depth > 0)) depth--
    else if (depth === 0 && (code === COMMA || code === 93)) {
      const to = from + text.slice(from, at).trimEnd().length
      if (to === from) return undefined
      slices.push([from, to])
      if (code === 93) return skipSpace(text, at + 1) === text.length ? slices : undefined
      from = skipSpace(text, at + 1)
    }
    if (depth < 0) return undefined
    at++
  }
  return undefined
}
