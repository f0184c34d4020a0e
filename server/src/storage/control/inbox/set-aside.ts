import { Fault } from '../../../core/fault.ts'
import { mintRealm } from '../../../core/realm.ts'
import type { Inbox, SetAside } from '../../../ports/inbox.ts'
import type { Tables } from '../tables.ts'
import { parseIdentity } from './block.ts'
import type { InboxEngine } from './engine.ts'
import { makeGroup, numberEntries } from './group-commit.ts'

type SetAsides = Pick<Inbox, 'listSetAside' | 'releaseSetAside' | 'discardSetAside' | 'countSetAside'>

const toSetAside = (row: Tables['inbox_set_aside']): SetAside => ({
  id: String(row.seq),
  realm: mintRealm(row.tenant_id, row.community_id),
  seq: row.seq,
  eventTs: row.event_ts,
  reason: row.reason,
  setAsideAt: row.set_aside_at,
  row: row.body,
})

/** A set-aside event's id is its number as text; undefined for anything else. */
const seqOf = (id: string): number | undefined => {
  if (!/^[1-9]\d{0,15}$/.test(id)) return undefined
  const seq = Number(id)
  return Number.isSafeInteger(seq) ? seq : undefined
}

/** The events that the store refused: listed, put back under a new number, or thrown away. */
export const makeSetAsides = (engine: InboxEngine, now: () => number, ring: () => void): SetAsides => {
  const { db } = engine
  return {
    async listSetAside({ realm, after, limit }) {
      let query = db.selectFrom('inbox_set_aside').selectAll().orderBy('seq').limit(limit)
      if (realm) query = query.where('tenant_id', '=', realm.tenantId).where('community_id', '=', realm.communityId)
      if (after !== undefined) query = query.where('seq', '>', seqOf(after) ?? 0)
      return (await query.execute()).map(toSetAside)
    },

    async releaseSetAside(id) {
      const seq = seqOf(id)
      if (seq === undefined) return undefined
      const row = await db.selectFrom('inbox_set_aside').selectAll().where('seq', '=', seq).executeTakeFirst()
      if (!row) return undefined
      const entry = {
        realm: mintRealm(row.tenant_id, row.community_id),
        identity: parseIdentity(row.identity),
        eventTs: row.event_ts,
        row: row.body,
      }
      const committed = await engine.release(makeGroup([entry], now()), seq)
      const appended = committed ? numberEntries(committed)[0] : undefined
      if (!appended) return undefined
      if (appended.outcome !== 'new')
        throw new Fault(
          'conflict',
          { what: 'set-aside event', id, why: 'resent' },
          'An event of this id was accepted since; discard the set-aside one instead of releasing it',
        )
      ring()
      return { seq: appended.seq }
    },

    async discardSetAside(id) {
      const seq = seqOf(id)
      if (seq === undefined) return false
      const done = await engine.write([
        { query: db.deleteFrom('inbox_set_aside').where('seq', '=', seq).compile(), atLeast: 1 },
      ])
      return done !== undefined
    },

    async countSetAside() {
      const { n } = await db
        .selectFrom('inbox_set_aside')
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .executeTakeFirstOrThrow()
      return Number(n)
    },
  }
}
