import type { Inbox, Lease, Part, SetAside } from '../../../ports/inbox.ts'
import { mayTake, taking } from '../lease.ts'
import { lineAt, parseIdentity } from './block.ts'
import type { InboxEngine, WriteStep } from './engine.ts'

const leaseLost = (lease: Lease): Error =>
  new Error(`The lease ${lease.fence} of ${lease.holder} is no longer held: another process moves the inbox now`)

type Moving = Pick<Inbox, 'lease' | 'release' | 'plan' | 'replace' | 'settle'>

/** What the mover writes, each in one transaction that first looks whether its lease is still held. */
export const makeMoving = (engine: InboxEngine, now: () => number): Moving => {
  const { db } = engine

  const write = async (lease: Lease, steps: readonly WriteStep[]): Promise<void> => {
    const held = db
      .updateTable('inbox_mover')
      .set((eb) => ({ fence: eb.ref('fence') }))
      .where('holder', '=', lease.holder)
      .where('fence', '=', lease.fence)
      .compile()
    if (!(await engine.write([{ query: held, atLeast: 1 }, ...steps]))) throw leaseLost(lease)
  }

  const insertPart = (part: Part, place: number): WriteStep => ({
    query: db
      .insertInto('inbox_part')
      .values({
        token: part.token,
        place,
        first_seq: part.first,
        last_seq: part.last,
        month: part.month,
        without: JSON.stringify(part.without),
      })
      .compile(),
  })

  const lastPlace = async (): Promise<number> => {
    const last = await db.selectFrom('inbox_part').select('place').orderBy('place', 'desc').limit(1).executeTakeFirst()
    return last?.place ?? 0
  }

  /** Sets one row aside: its number is void, it is kept with its reason, and its id is forgotten. */
  const setAside = async (aside: Omit<SetAside, 'id' | 'setAsideAt'>): Promise<WriteStep[]> => {
    const block = await db
      .selectFrom('inbox_block')
      .select(['first_seq', 'tenant_id', 'community_id', 'body'])
      .where('last_seq', '>=', aside.seq)
      .where('first_seq', '<=', aside.seq)
      .executeTakeFirst()
    const line = block ? lineAt(block, aside.seq) : undefined
    if (!line) throw new Error(`The event ${aside.seq} does not wait in the inbox, so it cannot be set aside`)
    const identity = parseIdentity(line.identity)
    return [
      { query: db.insertInto('inbox_void').values({ seq: aside.seq }).compile() },
      {
        query: db
          .insertInto('inbox_set_aside')
          .values({
            seq: aside.seq,
            tenant_id: aside.realm.tenantId,
            community_id: aside.realm.communityId,
            event_ts: aside.eventTs,
            reason: aside.reason,
            set_aside_at: now(),
            identity: line.identity,
            body: aside.row,
          })
          .compile(),
      },
      ...(identity
        ? (['id_current', 'id_older'] as const).map((table) => ({
            query: db.deleteFrom(table).where('id', '=', engine.hash(identity.id)).compile(),
          }))
        : []),
    ]
  }

  return {
    async lease(holder, ttlMs) {
      const at = now()
      const taken = await engine.write([
        {
          query: db
            .updateTable('inbox_mover')
            .set(taking(holder, at + ttlMs))
            .where(mayTake(holder, at))
            .returning('fence')
            .compile(),
          atLeast: 1,
        },
      ])
      const row = taken?.[0]?.[0]
      return row ? { holder, fence: Number(row.fence) } : null
    },

    async release(lease) {
      await engine.write([
        {
          query: db
            .updateTable('inbox_mover')
            .set({ holder: '', held_until: 0 })
            .where('holder', '=', lease.holder)
            .where('fence', '=', lease.fence)
            .compile(),
        },
      ])
    },

    async plan(lease, parts) {
      const place = (await lastPlace()) + 1
      await write(
        lease,
        parts.map((part, index) => insertPart(part, place + index)),
      )
    },

    async replace(lease, part, by, aside) {
      const stored = await db
        .selectFrom('inbox_part')
        .select('place')
        .where('token', '=', part.token)
        .executeTakeFirst()
      if (!stored) throw new Error(`The part ${part.token} is not planned, so it cannot be replaced`)
      const asideSteps: WriteStep[] = []
      for (const one of aside) asideSteps.push(...(await setAside(one)))
      await write(lease, [
        { query: db.deleteFrom('inbox_part').where('token', '=', part.token).compile() },
        ...by.map((half) => insertPart(half, stored.place)),
        ...asideSteps,
      ])
    },

    async settle(lease, upTo) {
      // Blocks up to the watermark's new place cannot change meanwhile, so they are summed before anything is locked.
      const [{ watermark }, gone] = await Promise.all([
        db.selectFrom('inbox_mover').select('watermark').executeTakeFirstOrThrow(),
        db
          .selectFrom('inbox_block')
          .select((eb) => [eb.fn.sum<number>('events').as('events'), eb.fn.sum<number>('bytes').as('bytes')])
          .where('last_seq', '<=', upTo)
          .executeTakeFirst(),
      ])
      if (upTo < watermark) throw new Error(`The inbox was settled up to ${watermark} already, beyond ${upTo}`)
      await write(lease, [
        {
          query: db.updateTable('inbox_mover').set({ watermark: upTo }).where('watermark', '=', watermark).compile(),
          atLeast: 1,
        },
        { query: db.deleteFrom('inbox_part').compile() },
        { query: db.deleteFrom('inbox_void').where('seq', '<=', upTo).compile() },
        { query: db.deleteFrom('inbox_block').where('last_seq', '<=', upTo).compile() },
        // Last, since appends wait for this row.
        {
          query: db
            .updateTable('inbox_counter')
            .set((eb) => ({
              events: eb('events', '-', Number(gone?.events ?? 0)),
              bytes: eb('bytes', '-', Number(gone?.bytes ?? 0)),
            }))
            .compile(),
        },
      ])
      engine.settled(upTo)
    },
  }
}
