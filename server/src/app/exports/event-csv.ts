import { csvText, withoutFormula } from '../../core/csv.ts'
import { eachMember } from '../../core/members.ts'
import type { Added } from '../../core/splice.ts'

/** The columns that every file of events has, in this order; those behind them are the other names of its events. */
export const leadingNames = [
  'timestamp',
  'event_ts',
  'eventName',
  'user_id',
  'event_id',
  'type',
  'event_name',
  'epoch_time',
  'tenant_id',
  'community_id',
] as const

/** Most columns of names that senders gave; what has another name stands in the last column, as JSON. */
export const MOST_NAMES = 500
export const REST = 'other_fields'

/**
 * The heads of a file of events whose names, the most frequent first, are these; one more than fit says that some do not.
 * A sender's own name for the last column is told in it.
 */
export const eventHeads = (names: readonly string[]): readonly string[] => {
  const leading = new Set<string>(leadingNames)
  const others = names.filter((name) => !leading.has(name) && name !== REST)
  const withRest = others.length > MOST_NAMES || names.includes(REST)
  return [...leadingNames, ...others.slice(0, MOST_NAMES).sort(), ...(withRest ? [REST] : [])]
}

/** A text's first letter is a letter or a digit of ASCII: no formula begins so. */
const isPlain = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57)

const QUOTE = 34

const cellOf = (token: string): string => {
  if (token.charCodeAt(0) === QUOTE) {
    // JSON text without an escape holds no quote, and so is a quoted cell already.
    if (token.includes('\\')) return csvText(JSON.parse(token) as string)
    if (isPlain(token.charCodeAt(1))) return token
    const safe = withoutFormula(token.slice(1, -1))
    return safe.length === token.length - 2 ? token : `"${safe}"`
  }
  if (token === 'null') return ''
  // Numbers and booleans stay what they are; what is nested is JSON text.
  return token.startsWith('{') || token.startsWith('[') ? csvText(token) : token
}

/** What has no column of its own, as JSON. */
const restOf = (rest: ReadonlyMap<string, string>): string =>
  rest.size === 0 ? '' : csvText(`{${[...rest].map(([name, token]) => `${JSON.stringify(name)}:${token}`).join(',')}}`)

/** Writes events, each as it was sent with what is added to it, as lines under heads: every value as it was sent. */
export const eventLine = (heads: readonly string[]) => {
  const places = new Map(heads.map((head, at) => [head, at]))
  const restAt = places.get(REST)
  places.delete(REST)
  return (event: string, added: readonly Added[]): string => {
    const tokens = new Array<string>(heads.length).fill('')
    const rest = new Map<string, string>()
    eachMember(event, (name, from, to) => {
      const at = places.get(name)
      if (at !== undefined) tokens[at] = event.slice(from, to)
      else if (restAt !== undefined) rest.set(name, event.slice(from, to))
    })
    for (const [name, json, replace] of added) {
      const at = places.get(name)
      const token = at === undefined ? rest.get(name) : tokens[at]
      if (token && !replace(token)) continue
      if (at !== undefined) tokens[at] = json
      else if (restAt !== undefined) rest.set(name, json)
    }
    let line = ''
    for (let at = 0; at < tokens.length; at += 1) {
      const token = tokens[at] ?? ''
      const cell = at === restAt ? restOf(rest) : token === '' ? '' : cellOf(token)
      line += at === 0 ? cell : `,${cell}`
    }
    return `${line}\r\n`
  }
}
