import { type Field, type Filter, path, type Scalar } from './filter.ts'

/** How names and instants are said; a column of time is known by its name. */
export interface FilterWords {
  /** What a column is called; its name in plain words when undefined. */
  readonly label?: (column: string) => string | undefined
  readonly instant: (epochMs: number) => string
}

/** Values of one list that are named; of a longer one only their number is told beside these. */
const MOST_NAMED = 10
/** Characters of one value that are said. */
const LONGEST_SAID = 120

const times: ReadonlySet<string> = new Set([
  ...['event_ts', 'received_ts', 'created_ts', 'modified_ts'],
  ...['created_at', 'finished_at', 'last_event_at', 'last_login'],
])

const said: Readonly<Record<string, readonly [is: string, isNot: string]>> = {
  equals: ['is', 'is not'],
  less: ['is less than', 'is not less than'],
  atMost: ['is at most', 'is not at most'],
  greater: ['is greater than', 'is not greater than'],
  atLeast: ['is at least', 'is not at least'],
  contains: ['contains', 'does not contain'],
  startsWith: ['starts with', 'does not start with'],
}
const saidOfTime: typeof said = {
  less: ['is before', 'is not before'],
  atMost: ['is not after', 'is after'],
  greater: ['is after', 'is not after'],
  atLeast: ['is not before', 'is before'],
}

/** Says a filter as a sentence's words, such as `User is "ann" and Outcome is not "success"`; empty for everything. */
export const sayFilter = (filter: Filter, words: FilterWords): string => {
  const sayField = (field: Field): string =>
    field.at === 'column'
      ? (words.label?.(field.column) ?? field.column.replaceAll('_', ' '))
      : `the event's ${field.path.join('.')}`
  const isTime = (field: Field): boolean => field.at === 'column' && times.has(field.column)
  const sayValue = (field: Field, value: Scalar): string => {
    if (typeof value === 'number' && isTime(field)) return words.instant(value)
    const text = String(value)
    if (typeof value !== 'string') return text
    return `"${text.length > LONGEST_SAID ? `${text.slice(0, LONGEST_SAID)}…` : text}"`
  }
  const sayList = (field: Field, values: readonly Scalar[], joined: string): string => {
    const named = values.slice(0, MOST_NAMED).map((value) => sayValue(field, value))
    const left = values.length - named.length
    const all = left > 0 ? [...named, `${left} more`] : named
    return all.length > 1 ? `${all.slice(0, -1).join(', ')} ${joined} ${all.at(-1)}` : (all[0] ?? '')
  }
  const say = (part: Filter, negated: boolean, within: 'and' | 'or' | undefined): string => {
    switch (part.is) {
      case 'not':
        return say(part.of, !negated, within)
      case 'and':
      case 'or': {
        // Of an empty list "and" lets everything through, and "or" nothing.
        if (part.of.length === 0) return (part.is === 'and') === negated ? 'nothing' : 'everything'
        const join = (part.is === 'and') === negated ? 'or' : 'and'
        const text = part.of.map((one) => say(one, negated, part.of.length > 1 ? join : within)).join(` ${join} `)
        return part.of.length > 1 && within !== undefined && within !== join ? `(${text})` : text
      }
      case 'null':
        return `${sayField(part.field)} ${negated ? 'is there' : 'is missing'}`
      case 'anyOf': {
        if (part.values.length === 0) return negated ? 'everything' : 'nothing'
        const list = sayList(part.field, part.values, negated ? 'nor' : 'or')
        const many = part.values.length > 1
        return `${sayField(part.field)} is ${negated ? (many ? 'neither ' : 'not ') : ''}${list}`
      }
      case 'mentions':
        return `the event ${negated ? 'does not mention' : 'mentions'} ${sayValue(path(), part.value)}`
      case 'matches': {
        const text = sayValue(part.field, part.pieces.join('*'))
        return `${sayField(part.field)} ${negated ? 'is not like' : 'is like'} ${text}${part.caseless ? ' in any case' : ''}`
      }
      default: {
        const verbs = (isTime(part.field) ? saidOfTime[part.is] : undefined) ?? said[part.is]
        return `${sayField(part.field)} ${verbs?.[negated ? 1 : 0] ?? part.is} ${sayValue(part.field, part.value)}`
      }
    }
  }
  return filter.is === 'and' && filter.of.length === 0 ? '' : say(filter, false, undefined)
}
