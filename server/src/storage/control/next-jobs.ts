import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { Tables } from './tables.ts'

/** How many are looked at for one claim; others may take some of them meanwhile. */
const CANDIDATES = 20

/**
 * Of each realm the job that has waited longest, where it is due. Steps from realm to realm through the index, whatever
 * number of jobs waits: the status is written out, since SQLite reads a partial index for a literal only; a step looks
 * for the tenant's next community and else for the next tenant, since SQLite seeks no pair; and nothing is joined, since
 * PostgreSQL would read the whole table for each step.
 */
const heads = async (db: Kysely<Tables>, kinds: RawBuilder<unknown>, now: number): Promise<readonly string[]> => {
  const first = (behind = sql``): RawBuilder<unknown> => sql`(
    select one.id from job as one
    where one.status = 'pending' and one.kind in (${kinds}) ${behind}
    order by one.tenant_id, one.community_id, one.due_at, one.id limit 1)`
  const tenant = sql`(select here.tenant_id from job as here where here.id = head.id)`
  const community = sql`(select here.community_id from job as here where here.id = head.id)`
  const { rows } = await sql<{ id: string }>`
    with recursive head (id) as (
      select ${first()}
      union all
      select coalesce(
        ${first(sql`and one.tenant_id = ${tenant} and one.community_id > ${community}`)},
        ${first(sql`and one.tenant_id > ${tenant}`)}
      )
      from head where head.id is not null
    )
    select id from head where (select here.due_at from job as here where here.id = head.id) <= ${now}`.execute(db)
  return rows.map(({ id }) => id)
}

/** Those jobs as far as nobody took them meanwhile, and those whose worker's lease ran out, in their order. */
const inTurn = async (
  db: Kysely<Tables>,
  ids: readonly string[],
  kinds: RawBuilder<unknown>,
  now: number,
): Promise<readonly Tables['job'][]> => {
  const waiting =
    ids.length === 0
      ? sql``
      : sql`select * from job where id in (${sql.join([...ids])}) and status = 'pending' and due_at <= ${now} union all`
  const { rows } = await sql<Tables['job']>`
    with due as (
      ${waiting}
      select * from job where status = 'in progress' and held_until < ${now} and kind in (${kinds})
    )
    select due.* from due
    order by
      (
        select count(*) from job as running
        where running.status = 'in progress' and running.held_until >= ${now}
          and running.tenant_id = due.tenant_id and running.community_id = due.community_id
      ),
      (
        select coalesce(max(served.started_at), 0) from job as served
        where served.tenant_id = due.tenant_id and served.community_id = due.community_id
      ),
      due.due_at,
      due.id
    limit ${CANDIDATES}`.execute(db)
  return rows
}

/**
 * The jobs that may be taken now, the next one first, looked for anew for as long as there are any: others may have taken
 * what was found, and then there may be more behind it. The realm with the fewest running jobs
 * comes first, among those the one that was given none for longest, so that nobody waits for another's long queue.
 */
export async function* nextJobs(
  db: Kysely<Tables>,
  kinds: readonly string[],
  now: number,
): AsyncGenerator<Tables['job'], void> {
  const ours = sql.join([...kinds])
  for (;;) {
    const ids = await heads(db, ours, now)
    const rows = await inTurn(db, ids, ours, now)
    if (ids.length === 0 && rows.length === 0) return
    yield* rows
  }
}
