import type { Kysely } from 'kysely'
import type { Inbox, InboxRow, Part } from '../../../ports/inbox.ts'
import type { Tables } from '../tables.ts'
import { blockRows } from './block.ts'

const monthOf = (eventTs: number): number => {
  const date = new Date(eventTs)
  return date.getUTCFullYear() * 100 + date.getUTCMonth() + 1
}

/** What the mover reads: waiting rows in order, the rows of a part, the planned parts. */
export const makeReading = (
  db: Kysely<Tables>,
): Pick<Inbox, 'read' | 'rowsOf' | 'planned' | 'depth' | 'windowStart'> => {
  /** The rows of blocks with a last number above `after` and up to `last`, without those that were set aside. */
  const rowsBetween = async (after: number, last: number): Promise<InboxRow[]> => {
    const [blocks, voids] = await Promise.all([
      db
        .selectFrom('inbox_block')
        .select(['first_seq', 'tenant_id', 'community_id', 'body'])
        .where('last_seq', '>', after)
        .where('first_seq', '<=', last)
        .orderBy('last_seq')
        .execute(),
      db.selectFrom('inbox_void').select('seq').where('seq', '>', after).where('seq', '<=', last).execute(),
    ])
    const aside = new Set(voids.map((row) => row.seq))
    return blocks.flatMap(blockRows).filter((row) => row.seq > after && row.seq <= last && !aside.has(row.seq))
  }

  /** The last number of the whole blocks that fit; at least one block's. */
  const lastThatFits = async (after: number, limit: { rows: number; bytes: number }): Promise<number | undefined> => {
    const heads = await db
      .selectFrom('inbox_block')
      .select(['last_seq', 'events', 'bytes'])
      .where('last_seq', '>', after)
      .orderBy('last_seq')
      .limit(Math.max(1, limit.rows))
      .execute()
    let rows = 0
    let bytes = 0
    let last: number | undefined
    for (const head of heads) {
      rows += head.events
      bytes += head.bytes
      if (last !== undefined && (rows > limit.rows || bytes > limit.bytes)) break
      last = head.last_seq
    }
    return last
  }

  return {
    async read(after, limit) {
      const last = await lastThatFits(after, limit)
      return last === undefined ? [] : rowsBetween(after, last)
    },

    async rowsOf(part) {
      const without = new Set(part.without)
      const rows = await rowsBetween(part.first - 1, part.last)
      return rows.filter((row) => monthOf(row.eventTs) === part.month && !without.has(row.seq))
    },

    async planned() {
      const parts = await db
        .selectFrom('inbox_part')
        .selectAll()
        .orderBy('place')
        .orderBy('first_seq')
        .orderBy('last_seq')
        .orderBy('token')
        .execute()
      return parts.map(
        (part): Part => ({
          token: part.token,
          first: part.first_seq,
          last: part.last_seq,
          month: part.month,
          without: JSON.parse(part.without) as number[],
        }),
      )
    },

    async depth() {
      const depth = await db
        .selectFrom('inbox_counter')
        .select((eb) => [
          'events',
          'bytes',
          eb.selectFrom('inbox_block').select('received_at').orderBy('last_seq').limit(1).as('oldest'),
        ])
        .executeTakeFirstOrThrow()
      return { events: depth.events, bytes: depth.bytes, oldest: depth.oldest }
    },

    async windowStart() {
      const { older_since } = await db.selectFrom('inbox_counter').select('older_since').executeTakeFirstOrThrow()
      return older_since
    },
  }
}
