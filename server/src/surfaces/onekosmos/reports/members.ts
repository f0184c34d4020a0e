import { inspectEvent } from '../../../core/json-text.ts'
import type { Row } from '../../../core/table.ts'

/** What was stored had passed narrower limits; these only bound the walk. */
const limits = { bytes: 64 * 1024 * 1024, depth: 1_000, keys: 1_000_000, nameLength: 1_000_000 }

/** The text of a JSON object with a row's fields behind its own; a field of the same name is the row's. */
export const withMembers = (text: string, row: Row): string => {
  const found = inspectEvent(text, limits)
  const kept = found.ok ? [...found.members].filter(([name]) => !Object.hasOwn(row, name)) : []
  const sent = kept.map(([name, [from, to]]) => `${JSON.stringify(name)}:${text.slice(from, to)}`)
  const own = Object.entries(row).map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
  return `{${[...sent, ...own].join(',')}}`
}
