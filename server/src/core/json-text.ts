import type { Issue } from './fault.ts'
import type { Members } from './members.ts'

/** How large an event may be; each is a setting. */
export interface EventLimits {
  /** Bytes of its JSON text in UTF-8. */
  readonly bytes: number
  /** How deep objects and arrays nest. */
  readonly depth: number
  /** Keys in all objects together. */
  readonly keys: number
  /** UTF-16 units of one key. */
  readonly nameLength: number
}

export type Inspection =
  | { readonly ok: true; readonly value: Record<string, unknown>; readonly members: () => Members }
  | { readonly ok: false; readonly issue: Issue }

const QUOTE = 34
const BACKSLASH = 92
const OPEN_BRACE = 123
const CLOSE_BRACE = 125
const OPEN_BRACKET = 91
const CLOSE_BRACKET = 93
const COMMA = 44
const COLON = 58
/** Whole numbers of fewer characters fit 64 bits. */
const LONG_NUMBER = 19
const SURROGATE = /\\u[dD][89a-fA-F]/

const UINT64_MAX = 18_446_744_073_709_551_615n
const INT64_MIN = -9_223_372_036_854_775_808n

const refuse = (rule: string, message: string, name = ''): Inspection => ({
  ok: false,
  issue: { where: 'event', name, rule, message },
})

/** The index of the quote that closes the string opened at `open`; -1 when none does. */
const endOfString = (text: string, open: number): number => {
  let quote = text.indexOf('"', open + 1)
  while (quote >= 0) {
    let slashes = 0
    while (text.charCodeAt(quote - 1 - slashes) === BACKSLASH) slashes++
    if (slashes % 2 === 0) return quote
    quote = text.indexOf('"', quote + 1)
  }
  return -1
}

const isNumberStart = (code: number): boolean => code === 45 || (code >= 48 && code <= 57)
const isNumberPart = (code: number): boolean =>
  (code >= 48 && code <= 57) || code === 45 || code === 43 || code === 46 || code === 69 || code === 101

/** Whether the engine can hold a number as it was sent: whole ones in 64 bits, others within a double's range. */
const fits = (token: string): boolean => {
  if (/[.eE]/.test(token)) return Number.isFinite(Number(token))
  if (token.length < LONG_NUMBER) return true
  const value = BigInt(token)
  return value >= INT64_MIN && value <= UINT64_MAX
}

/** Walks text that is known to be valid JSON of an object; checks what parsing does not, and notes the members. */
const walk = (text: string, limits: EventLimits): Inspection | Map<string, [number, number]> => {
  const members = new Map<string, [number, number]>()
  const names: (Set<string> | null)[] = []
  let keys = 0
  let expectsName = false
  let slash = text.indexOf('\\')
  let member: string | undefined
  let memberStart = 0
  const closeMember = (end: number): void => {
    if (member === undefined) return
    members.set(member, [memberStart, memberStart + text.slice(memberStart, end).trimEnd().length])
    member = undefined
  }
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) {
      const end = endOfString(text, at)
      // Most texts hold no escape at all; then a value need not be looked at.
      if (slash >= 0 && slash < at) slash = text.indexOf('\\', at)
      const escaped = slash >= 0 && slash < end
      const open = names.at(-1)
      const isName = expectsName && open !== undefined && open !== null
      const plain = escaped ? (JSON.parse(text.slice(at, end + 1)) as string) : isName ? text.slice(at + 1, end) : ''
      if (escaped && !plain.isWellFormed())
        return refuse('format', 'The event holds half a surrogate pair, which is not text', member ?? '')
      if (isName) {
        if (++keys > limits.keys) return refuse('size', `The event has more than ${limits.keys} keys`)
        if (plain.length > limits.nameLength)
          return refuse('size', `A key of the event is longer than ${limits.nameLength} characters`, plain.slice(0, 64))
        if (open.has(plain))
          return refuse('duplicate', `The key ${JSON.stringify(plain)} stands twice in one object`, plain)
        open.add(plain)
        expectsName = false
        if (names.length === 1) {
          let start = text.indexOf(':', end) + 1
          while (text.charCodeAt(start) <= 32) start++
          member = plain
          memberStart = start
        }
      }
      at = end
    } else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      if (names.length >= limits.depth)
        return refuse('depth', `The event nests deeper than ${limits.depth} levels`, member ?? '')
      names.push(code === OPEN_BRACE ? new Set() : null)
      expectsName = code === OPEN_BRACE
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      if (names.length === 1) closeMember(at)
      names.pop()
      expectsName = false
    } else if (code === COMMA) {
      if (names.length === 1) closeMember(at)
      expectsName = names.at(-1) !== null
    } else if (isNumberStart(code)) {
      let end = at + 1
      while (end < text.length && isNumberPart(text.charCodeAt(end))) end++
      if (!fits(text.slice(at, end)))
        return refuse('range', 'A number of the event does not fit 64 bits; send it as text', member ?? '')
      at = end - 1
    }
  }
  return members
}

/** What one look over a text shows, before it is parsed and whether or not it is JSON. */
interface Glance {
  /** Whether it nests deeper than it may, so that parsing is never asked for something absurd. */
  readonly deep: boolean
  /** Names of members in the text: as many as the parsed value has, unless one stands twice. */
  readonly names: number
  /** Whether something may be wrong that only the walk can judge: a long name, a large number, half a character. */
  readonly doubtful: boolean
}

const glance = (text: string, limits: EventLimits): Glance => {
  const escapes = text.includes('\\')
  let doubtful = escapes && SURROGATE.test(text)
  let open = 0
  let names = 0
  let length = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) {
      const end = escapes ? endOfString(text, at) : text.indexOf('"', at + 1)
      if (end < 0) break
      length = end - at - 1
      at = end
    } else if (code === COLON) {
      names++
      if (length > limits.nameLength) doubtful = true
    } else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      if (++open > limits.depth) return { deep: true, names, doubtful }
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) open--
    else if (isNumberStart(code)) {
      const from = at
      while (isNumberPart(text.charCodeAt(at + 1))) {
        at++
        // An exponent makes a short number large.
        if (text.charCodeAt(at) > COLON) doubtful = true
      }
      if (at - from + 1 >= LONG_NUMBER) doubtful = true
    }
  }
  return { deep: false, names, doubtful }
}

/** Members of all objects in a parsed value together. */
const countMembers = (value: object): number => {
  let count = 0
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object' && item !== null) count += countMembers(item)
    return count
  }
  for (const name in value) {
    count++
    const member = (value as Record<string, unknown>)[name]
    if (typeof member === 'object' && member !== null) count += countMembers(member)
  }
  return count
}

/**
 * Reads the JSON text of one event: checks that the engine will take it, and finds where its members stand when it is
 * asked, so that the text itself is kept as it was sent.
 */
export const inspectEvent = (text: string, limits: EventLimits): Inspection => {
  if (text.length > limits.bytes || Buffer.byteLength(text) > limits.bytes)
    return refuse('size', `The event is larger than ${limits.bytes} bytes`)
  if (!text.isWellFormed()) return refuse('format', 'The event is not valid Unicode')
  const { deep, names, doubtful } = glance(text, limits)
  if (deep) return refuse('depth', `The event nests deeper than ${limits.depth} levels`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return refuse('format', 'The event is not valid JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refuse('type', 'The event must be a JSON object')
  // The walk is dear, and nearly every text shows that it would find nothing.
  if (doubtful || names > limits.keys || names !== countMembers(value)) {
    const found = walk(text, limits)
    if (!(found instanceof Map)) return found
  }
  return { ok: true, value: value as Record<string, unknown>, members: () => membersOf(text, limits) }
}

/** Where the members of a text stand that was found good. */
const membersOf = (text: string, limits: EventLimits): Members => {
  const found = walk(text, limits)
  return found instanceof Map ? found : new Map()
}
