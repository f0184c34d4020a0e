import type { Kysely } from 'kysely'
import type { Log } from '../../../core/log.ts'
import { shareReads } from '../../../core/share-reads.ts'
import type { InboxLimits } from '../../../ports/inbox.ts'
import { writeLine } from '../inbox/block.ts'
import type { Committed, Group, InboxEngine } from '../inbox/engine.ts'
import type { Tables } from '../tables.ts'
import { isLostRace } from './errors.ts'
import type { Pool, Query } from './pool.ts'

/** Measured: groups of this size, two under way, carry most. */
const GROUP_ENTRIES = 128
const GROUPS_IN_FLIGHT = 2
const TRIES = 5

/** The arguments of `inbox_append`. */
const pack = (group: Group, limits: InboxLimits): unknown[] => {
  const ids: string[] = []
  const bodies: string[] = []
  const lines: string[] = []
  let anyGiven = false
  for (const entry of group.entries) {
    ids.push(entry.identity?.id ?? '')
    bodies.push(entry.identity?.body ?? '')
    anyGiven ||= entry.identity !== null
    lines.push(writeLine(entry))
  }
  return [
    anyGiven ? ids.join('\n') : '',
    anyGiven ? bodies.join('\n') : '',
    lines.join('\n'),
    group.runs.flatMap(({ from, to }, index) => Array<number>(to - from).fill(index + 1)),
    group.runs.map(({ realm }) => realm.tenantId),
    group.runs.map(({ realm }) => realm.communityId),
    group.at,
    limits.rows,
    limits.bytes,
  ]
}

interface Appended extends Committed {
  readonly heldIds: number
  readonly heldSince: number
}

/** The inbox on PostgreSQL: one function and one round trip a group; any number of processes share it. */
export const postgresInboxEngine = (
  pools: { readonly appends: Pool; readonly state: Pool },
  db: Kysely<Tables>,
  limits: InboxLimits,
  log: Log,
): InboxEngine => {
  const call = async (query: Query, group: Group): Promise<Appended> => {
    const { rows } = await query({
      name: 'inbox_append',
      text: 'select outcomes, base, held_ids, held_since from inbox_append($1, $2, $3, $4, $5, $6, $7, $8, $9)',
      values: pack(group, limits),
    })
    const [row] = rows
    return {
      outcomes: String(row?.outcomes),
      base: Number(row?.base),
      heldIds: Number(row?.held_ids),
      heldSince: Number(row?.held_since),
    }
  }

  let rotating: Promise<void> | undefined
  const rotate = async (at: number): Promise<void> => {
    try {
      await pools.state.use((query) =>
        query({ text: 'select inbox_rotate($1, $2, $3)', values: [at, limits.windowMs, limits.windowIds] }),
      )
    } catch (error) {
      log('warn', 'The id window could not be rotated; it is tried again with the next events', {
        error: error instanceof Error ? error.message : String(error),
      })
    } finally {
      rotating = undefined
    }
  }
  const rotateWhenDue = ({ heldIds, heldSince }: Appended, at: number): void => {
    if (heldIds >= limits.windowIds || at - heldSince > limits.windowMs) rotating ??= rotate(at)
  }

  /** Tries again what lost a race with another process. */
  const persist = async <T>(work: () => Promise<T>): Promise<T> => {
    for (let tries = 1; ; tries++) {
      try {
        return await work()
      } catch (error) {
        if (!isLostRace(error) || tries >= TRIES) throw error
      }
    }
  }

  const readWatermark = shareReads(async () => {
    const row = await db.selectFrom('inbox_mover').select('watermark').executeTakeFirstOrThrow()
    return row.watermark
  })

  return {
    db,
    groups: { entries: GROUP_ENTRIES, inFlight: GROUPS_IN_FLIGHT },
    hash: (digits) => digits,
    async append(group) {
      // A full generation is not filled further while it waits to be dropped.
      await rotating
      const appended = await persist(() => pools.appends.use((query) => call(query, group)))
      rotateWhenDue(appended, group.at)
      return appended
    },
    release: (group, seq) =>
      persist(async () => {
        const refused: { committed?: Committed } = {}
        const done = await pools.state.transact(async (query) => {
          const taken = await query({ text: 'delete from inbox_set_aside where seq = $1', values: [seq] })
          if (taken.rowCount === 0) return undefined
          const committed = await call(query, group)
          if (committed.outcomes === 'n') return committed
          refused.committed = committed
          return undefined
        })
        return done ?? refused.committed
      }),
    write: (steps) =>
      persist(() =>
        pools.state.transact(async (query) => {
          const done: (readonly Record<string, unknown>[])[] = []
          for (const step of steps) {
            const ran = await query({ text: step.query.sql, values: step.query.parameters })
            if ((ran.rowCount ?? 0) < (step.atLeast ?? 0)) return undefined
            done.push(ran.rows)
          }
          return done
        }),
      ),
    async waiting(realm) {
      const row = await db
        .selectFrom('inbox_block')
        .select((eb) => eb.fn.max('last_seq').as('last'))
        .where('tenant_id', '=', realm.tenantId)
        .where('community_id', '=', realm.communityId)
        .executeTakeFirst()
      return row?.last ?? 0
    },
    watermark: readWatermark,
    settled() {},
    async [Symbol.asyncDispose]() {
      await rotating
    },
  }
}
