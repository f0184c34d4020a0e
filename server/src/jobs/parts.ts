import type { InboxRow, Part } from '../ports/inbox.ts'

/** Year and month of an event, `YYYYMM`, in UTC: the partition that holds it. */
export const monthOf = (eventTs: number): number => {
  const date = new Date(eventTs)
  return date.getUTCFullYear() * 100 + date.getUTCMonth() + 1
}

/** The name under which the store remembers an insert; no other rows ever travel under it. */
const tokenOf = (storeId: string, first: number, last: number, month: number): string =>
  `${storeId}:${month}:${first}-${last}`

const partOf = (rows: readonly InboxRow[], without: ReadonlySet<number>, month: number, storeId: string): Part[] => {
  const first = rows[0]
  const last = rows.at(-1)
  if (!first || !last) return []
  const left = rows.filter((row) => without.has(row.seq)).map((row) => row.seq)
  return [
    { token: tokenOf(storeId, first.seq, last.seq, month), first: first.seq, last: last.seq, month, without: left },
  ]
}

/**
 * Cuts a batch into parts by month, each one insert of its own: the engine writes one month at once or not at all.
 */
export const partsOf = (rows: readonly InboxRow[], without: ReadonlySet<number>, storeId: string): readonly Part[] =>
  [...Map.groupBy(rows, (row) => monthOf(row.eventTs))]
    .sort(([a], [b]) => a - b)
    .flatMap(([month, ofMonth]) => partOf(ofMonth, without, month, storeId))

/** The rows that a part sends, out of rows of its month. */
export const rowsIn = (part: Part, ofMonth: readonly InboxRow[]): readonly InboxRow[] => {
  const without = new Set(part.without)
  return ofMonth.filter(({ seq }) => seq >= part.first && seq <= part.last && !without.has(seq))
}

/** Cuts a part in two at the middle of its rows; together they keep its bounds, each has a token of its own. */
export const halves = (part: Part, rows: readonly InboxRow[], storeId: string): readonly Part[] => {
  const middle = Math.ceil(rows.length / 2)
  const left = rows[middle - 1]
  const right = rows[middle]
  if (!left || !right) return [part]
  const between = (first: number, last: number): Part => ({
    token: tokenOf(storeId, first, last, part.month),
    first,
    last,
    month: part.month,
    without: part.without.filter((seq) => seq >= first && seq <= last),
  })
  return [between(part.first, left.seq), between(left.seq + 1, part.last)]
}
