/** A page by number of rows to skip. */
export interface Page {
  readonly skip: number
  readonly size: number
}

/** A place between two events in time order: everything before or after this key. */
export interface Cursor {
  readonly ts: number
  readonly id: string
}

export const encodeCursor = (cursor: Cursor): string =>
  Buffer.from(JSON.stringify([cursor.ts, cursor.id])).toString('base64url')

/** Reads a cursor back; undefined when it is not one of ours. */
export const decodeCursor = (text: string): Cursor | undefined => {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
    if (!Array.isArray(value) || value.length !== 2) return undefined
    const [ts, id] = value as unknown[]
    return Number.isSafeInteger(ts) && typeof id === 'string' ? { ts: ts as number, id } : undefined
  } catch {
    return undefined
  }
}
