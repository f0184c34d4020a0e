import { csvText, withoutFormula } from '../../core/csv.ts'
import { membersIn } from '../../core/members.ts'

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

const cellOf = (token: string): string => {
  if (token === 'null') return ''
  if (token.startsWith('"')) {
    // JSON text without an escape holds no quote, and so is a quoted cell already.
    if (token.includes('\\')) return csvText(JSON.parse(token) as string)
    const safe = withoutFormula(token.slice(1, -1))
    return safe.length === token.length - 2 ? token : `"${safe}"`
  }
  // Numbers and booleans stay what they are; what is nested is JSON text.
  return token.startsWith('{') || token.startsWith('[') ? csvText(token) : token
}

/** Writes events, each as JSON text, as lines under heads: every value as it was sent. */
export const eventLine = (heads: readonly string[]) => {
  const places = new Map(heads.map((head, at) => [head, at]))
  const restAt = places.get(REST)
  places.delete(REST)
  return (event: string): string => {
    const cells = new Array<string>(heads.length).fill('')
    const rest: string[] = []
    for (const [name, [from, to]] of membersIn(event) ?? []) {
      const at = places.get(name)
      const token = event.slice(from, to)
      if (at !== undefined) cells[at] = cellOf(token)
      else if (restAt !== undefined) rest.push(`${JSON.stringify(name)}:${token}`)
    }
    if (restAt !== undefined && rest.length > 0) cells[restAt] = csvText(`{${rest.join(',')}}`)
    return `${cells.join(',')}\r\n`
  }
}
