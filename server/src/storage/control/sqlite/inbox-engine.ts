import type { Kysely } from 'kysely'
import { writeLine } from '../inbox/block.ts'
import type { Group, InboxEngine } from '../inbox/engine.ts'
import type { Tables } from '../tables.ts'
import { makeMarks } from './marks.ts'
import type { PackedGroup } from './operations.ts'
import type { Thread } from './thread.ts'

/** Groups are bounded so that one slow commit does not keep thousands waiting. */
const GROUP_ENTRIES = 1_000
/** The second is packed and posted while the thread commits the first. */
const GROUPS_IN_FLIGHT = 2

const pack = (group: Group, release: number | null): PackedGroup => {
  const { entries } = group
  const given = new Uint8Array(entries.length)
  // Not out of Node's pool, since it is handed over whole.
  const identities = Buffer.from(new ArrayBuffer(entries.length * 32))
  const lines = entries.map((entry, index) => {
    if (entry.identity) {
      given[index] = 1
      identities.write(entry.identity.id, index * 32, 'hex')
      identities.write(entry.identity.body, index * 32 + 16, 'hex')
    }
    return writeLine(entry)
  })
  const runs = group.runs.map(({ realm, from, to }) => ({
    tenantId: realm.tenantId,
    communityId: realm.communityId,
    from,
    to,
    lines: lines.slice(from, to).join('\n'),
  }))
  return { at: group.at, given, identities, runs, release }
}

/** The inbox on SQLite: one thread writes, another reads for the mover. */
export const sqliteInboxEngine = async (writer: Thread, db: Kysely<Tables>): Promise<InboxEngine> => {
  const { watermark } = await db.selectFrom('inbox_mover').select('watermark').executeTakeFirstOrThrow()
  const waiting = await db
    .selectFrom('inbox_block')
    .select((eb) => ['tenant_id as tenantId', 'community_id as communityId', eb.fn.max('last_seq').as('last')])
    .groupBy(['tenant_id', 'community_id'])
    .execute()
  const marks = makeMarks(watermark, waiting)

  const commit = async (group: Group, release: number | null) => {
    const packed = pack(group, release)
    const committed = await writer.call('append', packed, [
      packed.given.buffer as ArrayBuffer,
      packed.identities.buffer as ArrayBuffer,
    ])
    if (committed && (release === null || committed.outcomes === 'n')) marks.appended(group, committed)
    return committed ?? undefined
  }

  return {
    db,
    groups: { entries: GROUP_ENTRIES, inFlight: GROUPS_IN_FLIGHT },
    hash: (digits) => Buffer.from(digits, 'hex'),
    async append(group) {
      const committed = await commit(group, null)
      if (!committed) throw new Error('A group was answered as if it released a set-aside event')
      return committed
    },
    release: (group, seq) => commit(group, seq),
    async write(steps) {
      const done = await writer.call('batch', {
        steps: steps.map(({ query, atLeast }) => ({
          sql: query.sql,
          parameters: query.parameters,
          ...(atLeast === undefined ? {} : { atLeast }),
        })),
      })
      return done?.map(({ rows }) => rows)
    },
    waiting: async (realm) => marks.waiting(realm),
    watermark: async () => marks.watermark(),
    settled: marks.settled,
    async [Symbol.asyncDispose]() {},
  }
}
