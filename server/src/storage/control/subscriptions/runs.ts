import type { Kysely, Transaction } from 'kysely'
import { uuidv7 } from 'uuidv7'
import type { Realm } from '../../../core/realm.ts'
import type { RunAttempt, Runs } from '../../../ports/subscriptions.ts'
import { deliveryRow } from '../deliveries.ts'
import { jobRow } from '../jobs.ts'
import type { Tables } from '../tables.ts'
import { withoutNul } from '../text.ts'
import { filesText, fromRun, toRun } from './records.ts'

type RunRow = Tables['subscription_run']

/** How often a run is tried before it has failed. */
const MOST_ATTEMPTS = 5
const live = ['pending', 'running'] as const

const addJob = async (trx: Transaction<Tables>, run: RunRow, id: string, now: number): Promise<void> => {
  const job = {
    id,
    kind: 'send-report',
    owner: run.subscription_id,
    requestedBy: 'subscription',
    payload: { subscription: run.subscription_id, run: run.id },
    mostAttempts: MOST_ATTEMPTS,
    createdAt: now,
  }
  const realm = { tenantId: run.tenant_id, communityId: run.community_id }
  await trx.insertInto('job').values(jobRow(realm, job)).execute()
}

/** Adds a line to the ledger, with its job when it waits for one; a period that has its line keeps it. */
export const addRun = async (trx: Transaction<Tables>, run: RunRow): Promise<void> => {
  const added = await trx
    .insertInto('subscription_run')
    .values(run)
    .onConflict((conflict) => conflict.columns(['subscription_id', 'period']).doNothing())
    .executeTakeFirst()
  if (added.numInsertedOrUpdatedRows !== 0n && run.job_id !== null) await addJob(trx, run, run.job_id, run.created_at)
}

export const makeRuns = (db: Kysely<Tables>): Runs => {
  const ofRealm = (realm: Realm) =>
    db
      .selectFrom('subscription_run')
      .selectAll()
      .where('tenant_id', '=', realm.tenantId)
      .where('community_id', '=', realm.communityId)
  const change = (from: Pick<Kysely<Tables>, 'updateTable'>, realm: Realm, id: string) =>
    from
      .updateTable('subscription_run')
      .where('id', '=', id)
      .where('tenant_id', '=', realm.tenantId)
      .where('community_id', '=', realm.communityId)
  /** A run that this attempt is at; a worker that lost its job has lost the run as well. */
  const mine = ({ realm, run, job, attempt }: RunAttempt, from: Pick<Kysely<Tables>, 'updateTable'> = db) =>
    change(from, realm, run).where('state', '=', 'running').where('job_id', '=', job).where('attempts', '=', attempt)
  const done = ({ numUpdatedRows }: { numUpdatedRows: bigint }): boolean => numUpdatedRows > 0n

  return {
    add: (subscription, run, now) =>
      db.transaction().execute(async (trx) => {
        const row = fromRun(subscription, run, now)
        await addRun(trx, row)
        return toRun(row)
      }),

    async get(realm, id) {
      const row = await ofRealm(realm).where('id', '=', id).executeTakeFirst()
      return row && toRun(row)
    },

    async list(realm, subscriptionId, { after, limit }) {
      let rows = ofRealm(realm)
        .where('subscription_id', '=', subscriptionId)
        .orderBy('period_to', 'desc')
        .orderBy('id', 'desc')
        .limit(limit)
      const last = after === undefined ? undefined : await ofRealm(realm).where('id', '=', after).executeTakeFirst()
      if (after !== undefined && !last) return []
      if (last)
        rows = rows.where((eb) =>
          eb.or([
            eb('period_to', '<', last.period_to),
            eb.and([eb('period_to', '=', last.period_to), eb('id', '<', last.id)]),
          ]),
        )
      return (await rows.execute()).map(toRun)
    },

    begin: async (attempt, now) =>
      done(
        await change(db, attempt.realm, attempt.run)
          .where('state', 'in', live)
          .where('job_id', '=', attempt.job)
          .where((eb) => eb.or([eb('attempts', '<=', attempt.attempt), eb('state', '=', 'pending')]))
          .set({ state: 'running', attempts: attempt.attempt, started_at: now, finished_at: null })
          .executeTakeFirst(),
      ),

    fail: async (attempt, reason, again, now) =>
      done(
        await mine(attempt)
          .set({
            state: again ? 'pending' : 'failed',
            reason: withoutNul(reason),
            ...(again ? {} : { finished_at: now }),
          })
          .executeTakeFirst(),
      ),

    made: (attempt, { rows, files, deliveries }, now) =>
      db.transaction().execute(async (trx) => {
        const wrote = await mine(attempt, trx)
          .set({ state: 'made', reason: null, row_count: rows, files: filesText(files), finished_at: now })
          .executeTakeFirst()
        if (!done(wrote)) return false
        const ids = { tenant_id: attempt.realm.tenantId, community_id: attempt.realm.communityId }
        for (const [place, delivery] of deliveries.entries())
          await trx
            .insertInto('delivery')
            .values(deliveryRow(ids, delivery, place, now))
            .execute()
        return true
      }),

    again: (run, now) =>
      db.transaction().execute(async (trx) => {
        const job = uuidv7()
        const wrote = await change(trx, run.realm, run.id)
          .where((eb) =>
            eb.or([eb('state', '=', 'failed'), eb.and([eb('state', '=', 'made'), eb('files', '=', '[]')])]),
          )
          .set({ state: 'pending', job_id: job, attempts: 0, finished_at: null })
          .returningAll()
          .executeTakeFirst()
        if (wrote) await addJob(trx, wrote, job, now)
        return wrote !== undefined
      }),

    async close(now) {
      const open = await db
        .selectFrom('subscription_run')
        .leftJoin('job', 'job.id', 'subscription_run.job_id')
        .selectAll('subscription_run')
        .select(['job.status as job_status', 'job.reason as job_reason'])
        .where('state', 'in', live)
        .where((eb) => eb.or([eb('job.id', 'is', null), eb('job.status', 'in', ['failed', 'cancelled', 'completed'])]))
        .limit(100)
        .execute()
      const closed: ReturnType<typeof toRun>[] = []
      for (const { job_status, job_reason, ...row } of open) {
        const reason =
          job_reason ?? (job_status === 'cancelled' ? 'Its job was cancelled' : 'Its job is not there any more')
        const wrote = await change(db, toRun(row).realm, row.id)
          .where('state', 'in', live)
          .where('job_id', '=', row.job_id)
          .set({ state: 'failed', reason, finished_at: now })
          .executeTakeFirst()
        if (done(wrote)) closed.push({ ...toRun(row), state: 'failed', reason, finishedAt: now })
      }
      return closed
    },

    async withFiles(finishedBefore, limit) {
      const rows = await db
        .selectFrom('subscription_run')
        .selectAll()
        .where('files', '!=', '[]')
        .where('finished_at', '<', finishedBefore)
        .orderBy('finished_at')
        .limit(limit)
        .execute()
      return rows.map(toRun)
    },

    async forgetFiles(realm, id) {
      await change(db, realm, id).set({ files: '[]' }).execute()
    },

    forget: (finishedBefore) =>
      db.transaction().execute(async (trx) => {
        const old = trx
          .selectFrom('subscription_run')
          .select('id')
          .where('finished_at', '<', finishedBefore)
          .where('files', '=', '[]')
          .where('state', 'not in', live)
        await trx.deleteFrom('delivery').where('owner_kind', '=', 'run').where('owner_id', 'in', old).execute()
        const gone = await trx.deleteFrom('subscription_run').where('id', 'in', old).executeTakeFirst()
        return Number(gone.numDeletedRows)
      }),

    async count() {
      const rows = await db
        .selectFrom('subscription_run')
        .select((eb) => ['state' as const, eb.fn.countAll<number | string>().as('runs')])
        .groupBy('state')
        .execute()
      return Object.fromEntries(rows.map(({ state, runs }) => [state, Number(runs)]))
    },
  }
}
