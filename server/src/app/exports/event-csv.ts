import { csvText } from '../../core/csv.ts'
import { inspectEvent } from '../../core/json-text.ts'

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

/** What is stored was inspected when it came in. */
const unlimited = { bytes: Infinity, depth: Infinity, keys: Infinity, nameLength: Infinity }

/** The heads of a file of events whose names, the most frequent first, are these; one more than fit says that some do not. */
export const eventHeads = (names: readonly string[]): readonly string[] => {
  const leading = new Set<string>(leadingNames)
  const others = names.filter((name) => !leading.has(name) && name !== REST)
  return [...leadingNames, ...others.slice(0, MOST_NAMES).sort(), ...(others.length > MOST_NAMES ? [REST] : [])]
}

const cellOf = (token: string): string => {
  if (token === 'null') return ''
  if (token.startsWith('"')) return csvText(JSON.parse(token) as string)
  // Numbers and booleans stay what they are; what is nested is JSON text.
  return token.startsWith('{') || token.startsWith('[') ? csvText(token) : token
}

/** Writes events, each as JSON text, as lines under heads: every value as it was sent. */
export const eventLine = (heads: readonly string[]) => {
  const known = new Set(heads)
  const withRest = heads.includes(REST)
  return (event: string): string => {
    const found = inspectEvent(event, unlimited)
    if (!found.ok) return `${heads.map(() => '').join(',')}\r\n`
    const members = found.members()
    const tokenAt = (name: string): string => {
      const place = members.get(name)
      return place ? event.slice(...place) : 'null'
    }
    const cells = heads.map((head) => (withRest && head === REST ? '' : cellOf(tokenAt(head))))
    if (withRest) {
      const rest = [...members.keys()].filter((name) => !known.has(name))
      const told = rest.map((name) => `${JSON.stringify(name)}:${tokenAt(name)}`)
      if (rest.length > 0) cells[cells.length - 1] = csvText(`{${told.join(',')}}`)
    }
    return `${cells.join(',')}\r\n`
  }
}
