import type { Kysely, Transaction } from 'kysely'
import { Fault } from '../../core/fault.ts'
import { mintRealm, type Realm } from '../../core/realm.ts'
import type { JobLease, JobOrder, JobRecord, Jobs, NewJob } from '../../ports/jobs.ts'
import { deliveryRow } from './deliveries.ts'
import { nextJobs } from './next-jobs.ts'
import type { Tables } from './tables.ts'
import { withoutNul } from './text.ts'

const parse = (text: string | null): unknown => (text === null ? null : JSON.parse(text))
const write = (value: unknown): string => withoutNul(JSON.stringify(value ?? null))

const toRecord = (row: Tables['job']): JobRecord => ({
  id: row.id,
  realm: mintRealm(row.tenant_id, row.community_id),
  kind: row.kind,
  status: row.status,
  owner: row.owner,
  requestedBy: row.requested_by,
  payload: parse(row.payload),
  result: parse(row.result),
  reason: row.reason,
  rows: row.row_count,
  file: row.file,
  bytes: row.bytes,
  attempts: row.attempts,
  mostAttempts: row.most_attempts,
  createdAt: row.created_at,
  startedAt: row.started_at,
  finishedAt: row.finished_at,
  dueAt: row.due_at,
})

const columns = {
  id: 'id',
  createdAt: 'created_at',
  finishedAt: 'finished_at',
  status: 'status',
  requestedBy: 'requested_by',
  bytes: 'bytes',
} as const satisfies Readonly<Record<JobOrder, keyof Tables['job']>>

const ended = ['completed', 'failed', 'cancelled'] as const
const live = ['pending', 'in progress'] as const

/** A new job as it is kept, waiting for a worker unless it comes with a status of its own. */
export const jobRow = (realm: Pick<Realm, 'tenantId' | 'communityId'>, job: NewJob): Tables['job'] => ({
  id: job.id,
  tenant_id: realm.tenantId,
  community_id: realm.communityId,
  kind: job.kind,
  status: job.status ?? 'pending',
  owner: job.owner,
  requested_by: job.requestedBy,
  payload: write(job.payload),
  result: null,
  reason: null,
  row_count: 0,
  file: null,
  bytes: job.bytes ?? null,
  attempts: 0,
  most_attempts: job.mostAttempts,
  created_at: job.createdAt,
  started_at: null,
  finished_at: job.finishedAt ?? null,
  due_at: job.dueAt ?? job.createdAt,
  holder: null,
  fence: 0,
  held_until: null,
})

export const makeJobs = (db: Kysely<Tables>): Jobs => {
  const ofRealm = (realm: Realm) =>
    db.selectFrom('job').where('tenant_id', '=', realm.tenantId).where('community_id', '=', realm.communityId)
  const change = (realm: Realm, id: string) =>
    db
      .updateTable('job')
      .where('id', '=', id)
      .where('tenant_id', '=', realm.tenantId)
      .where('community_id', '=', realm.communityId)
  /** Writes only while the lease's fence is the newest and the job still runs. */
  const held = (from: Kysely<Tables> | Transaction<Tables>, lease: JobLease) =>
    from
      .updateTable('job')
      .where('id', '=', lease.id)
      .where('status', '=', 'in progress')
      .where('fence', '=', lease.fence)
      .where('holder', '=', lease.holder)
  const done = ({ numUpdatedRows }: { numUpdatedRows: bigint }): boolean => numUpdatedRows > 0n

  /** Takes a job as it was found; undefined when it was taken or changed meanwhile, or failed for good here. */
  const take = async (row: Tables['job'], holder: string, now: number, leaseMs: number) => {
    const unchanged = db
      .updateTable('job')
      .where('id', '=', row.id)
      .where('status', '=', row.status)
      .where('fence', '=', row.fence)
      .where('due_at', '=', row.due_at)
    if (row.attempts >= row.most_attempts) {
      const reason = `It was tried ${row.attempts} times, and each time its worker ended before it did`
      await unchanged.set({ status: 'failed', reason, finished_at: now, held_until: null }).execute()
      return undefined
    }
    const taken = {
      status: 'in progress',
      holder,
      fence: row.fence + 1,
      held_until: now + leaseMs,
      attempts: row.attempts + 1,
      started_at: row.started_at ?? now,
    }
    if (!done(await unchanged.set(taken).executeTakeFirst())) return undefined
    return { job: toRecord({ ...row, ...taken }), lease: { id: row.id, holder, fence: taken.fence } }
  }

  const jobs: Jobs = {
    async create(realm, job) {
      const row = jobRow(realm, job)
      const added = await db
        .insertInto('job')
        .values(row)
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst()
      if (added.numInsertedOrUpdatedRows === 0n)
        throw new Fault('conflict', { what: 'jobId', id: job.id, why: 'in-use' }, 'A job of this id is there already')
      return toRecord(row)
    },

    async get(realm, id) {
      const row = await ofRealm(realm).selectAll().where('id', '=', id).executeTakeFirst()
      return row && toRecord(row)
    },

    async list(realm, { kinds, owner, order = [], skip, size }) {
      let wanted = ofRealm(realm)
      if (kinds) wanted = wanted.where('kind', 'in', kinds)
      if (owner !== undefined) wanted = wanted.where('owner', '=', owner)
      let rows = wanted.selectAll()
      for (const { by, descends } of order)
        rows = rows.orderBy(columns[by], (to) => (descends ? to.desc().nullsLast() : to.asc().nullsFirst()))
      if (order.length === 0) rows = rows.orderBy('created_at', 'desc')
      const [page, { total }] = await Promise.all([
        rows.orderBy('id', 'desc').limit(size).offset(skip).execute(),
        wanted.select((eb) => eb.fn.countAll<number | string>().as('total')).executeTakeFirstOrThrow(),
      ])
      return { jobs: page.map(toRecord), total: Number(total) }
    },

    async claim({ kinds, holder, now, leaseMs }) {
      if (kinds.length === 0) return undefined
      for await (const row of nextJobs(db, kinds, now)) {
        const claimed = await take(row, holder, now, leaseMs)
        if (claimed) return claimed
      }
      return undefined
    },

    renew: async (lease, until, rows) =>
      done(await held(db, lease).set({ held_until: until, row_count: rows }).executeTakeFirst()),

    complete: (lease, { result, file, bytes, rows, deliveries }, now) =>
      db.transaction().execute(async (trx) => {
        const set = { result: write(result), file, bytes, row_count: rows, finished_at: now, held_until: null }
        const wrote = await held(trx, lease)
          .set({ status: 'completed', reason: null, ...set })
          .executeTakeFirst()
        if (!done(wrote)) return false
        const job = await trx
          .selectFrom('job')
          .select(['tenant_id', 'community_id'])
          .where('id', '=', lease.id)
          .executeTakeFirstOrThrow()
        for (const [place, delivery] of deliveries.entries())
          await trx
            .insertInto('delivery')
            .values(deliveryRow(job, delivery, place, now))
            .execute()
        return true
      }),

    fail: async (lease, { reason, retryAt }, now) =>
      done(
        await held(db, lease)
          .set({
            reason: withoutNul(reason),
            held_until: null,
            holder: null,
            ...(retryAt === null
              ? { status: 'failed', finished_at: now }
              : { status: 'pending', due_at: retryAt, row_count: 0 }),
          })
          .executeTakeFirst(),
      ),

    release: async (lease, now) =>
      done(
        await held(db, lease)
          .set((eb) => ({
            status: 'pending',
            due_at: now,
            row_count: 0,
            held_until: null,
            holder: null,
            attempts: eb('attempts', '-', 1),
          }))
          .executeTakeFirst(),
      ),

    cancel: async (realm, id, now) =>
      done(
        await change(realm, id)
          .where('status', 'in', live)
          .where('kind', '!=', 'external')
          .set({ status: 'cancelled', finished_at: now, held_until: null, holder: null })
          .executeTakeFirst(),
      ),

    async report(realm, id, said) {
      const wrote = await change(realm, id)
        .where('kind', '=', 'external')
        .set({
          status: said.status,
          payload: write(said.payload),
          ...(said.finishedAt === undefined ? {} : { finished_at: said.finishedAt }),
          ...(said.bytes === undefined ? {} : { bytes: said.bytes }),
        })
        .executeTakeFirst()
      return done(wrote) ? jobs.get(realm, id) : undefined
    },

    async withFiles(endedBefore, limit) {
      const rows = await db
        .selectFrom('job')
        .selectAll()
        .where('file', 'is not', null)
        .where('finished_at', '<', endedBefore)
        .orderBy('finished_at')
        .limit(limit)
        .execute()
      return rows.map(toRecord)
    },

    async forgetFile(realm, id) {
      await change(realm, id).set({ file: null }).execute()
    },

    forget: (endedBefore) =>
      db.transaction().execute(async (trx) => {
        const old = (from: Transaction<Tables>) =>
          from
            .selectFrom('job')
            .select('id')
            .where('file', 'is', null)
            .where((eb) => eb.or([eb('status', 'in', ended), eb('kind', '=', 'external')]))
            .where((eb) => eb(eb.fn.coalesce('finished_at', 'created_at'), '<', endedBefore))
        await trx.deleteFrom('delivery').where('owner_kind', '=', 'job').where('owner_id', 'in', old(trx)).execute()
        const gone = await trx.deleteFrom('job').where('id', 'in', old(trx)).executeTakeFirst()
        return Number(gone.numDeletedRows)
      }),
  }
  return jobs
}
