/** Where the value of a top-level member stands in the text: from (inclusive) to (exclusive). */
export type Members = ReadonlyMap<string, readonly [from: number, to: number]>

const QUOTE = 34
const BACKSLASH = 92
const OPEN_BRACE = 123
const CLOSE_BRACE = 125
const OPEN_BRACKET = 91
const CLOSE_BRACKET = 93
const COMMA = 44
const COLON = 58
const NOWHERE = -1

const isSpace = (code: number): boolean => code === 32 || code === 10 || code === 13 || code === 9

const pastSpace = (text: string, from: number): number => {
  let at = from
  while (isSpace(text.charCodeAt(at))) at++
  return at
}

/** Behind the string that opens here. */
const pastString = (text: string, open: number): number => {
  let quote = text.indexOf('"', open + 1)
  while (quote >= 0) {
    let slashes = 0
    while (text.charCodeAt(quote - 1 - slashes) === BACKSLASH) slashes++
    if (slashes % 2 === 0) return quote + 1
    quote = text.indexOf('"', quote + 1)
  }
  return NOWHERE
}

/** Behind the object or list that opens here. */
const pastNested = (text: string, open: number): number => {
  let depth = 0
  for (let at = open; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) {
      const end = pastString(text, at)
      if (end < 0) return NOWHERE
      at = end - 1
    } else if (code === OPEN_BRACE || code === OPEN_BRACKET) depth++
    else if ((code === CLOSE_BRACE || code === CLOSE_BRACKET) && --depth === 0) return at + 1
  }
  return NOWHERE
}

const pastValue = (text: string, from: number): number => {
  const code = text.charCodeAt(from)
  if (code === QUOTE) return pastString(text, from)
  if (code === OPEN_BRACE || code === OPEN_BRACKET) return pastNested(text, from)
  let at = from
  for (; at < text.length; at++) {
    const next = text.charCodeAt(at)
    if (next === COMMA || next === CLOSE_BRACE || isSpace(next)) break
  }
  return at > from ? at : NOWHERE
}

const nameIn = (token: string): string | undefined => {
  if (!token.includes('\\')) return token.slice(1, -1)
  try {
    return JSON.parse(token) as string
  } catch {
    return undefined
  }
}

/**
 * Tells where the members of an object stand in its JSON text, in their order, found without reading their values: for
 * text that was inspected when it came in. False for what is no object's text, of which some may have been told.
 */
export const eachMember = (text: string, tell: (name: string, from: number, to: number) => void): boolean => {
  let at = pastSpace(text, 0)
  if (text.charCodeAt(at) !== OPEN_BRACE) return false
  at = pastSpace(text, at + 1)
  let closed = text.charCodeAt(at) === CLOSE_BRACE
  while (!closed) {
    if (text.charCodeAt(at) !== QUOTE) return false
    const nameEnd = pastString(text, at)
    const colon = nameEnd < 0 ? NOWHERE : pastSpace(text, nameEnd)
    const name = colon < 0 || text.charCodeAt(colon) !== COLON ? undefined : nameIn(text.slice(at, nameEnd))
    if (name === undefined) return false
    const from = pastSpace(text, colon + 1)
    const to = pastValue(text, from)
    if (to < 0) return false
    tell(name, from, to)
    at = pastSpace(text, to)
    closed = text.charCodeAt(at) === CLOSE_BRACE
    if (!closed && text.charCodeAt(at) !== COMMA) return false
    if (!closed) at = pastSpace(text, at + 1)
  }
  return pastSpace(text, at + 1) === text.length
}

/** Where the members of an object stand in its JSON text, by their names; undefined for what is no object's text. */
export const membersIn = (text: string): Members | undefined => {
  const members = new Map<string, readonly [number, number]>()
  return eachMember(text, (name, from, to) => members.set(name, [from, to])) ? members : undefined
}
