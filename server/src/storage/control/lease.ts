import { type Kysely, sql } from 'kysely'
import type { Tables } from './tables.ts'

/** What a process writes to take a lease, or to keep its own longer: the fence rises when the holder changes. */
export const taking = (holder: string, until: number) => ({
  holder,
  held_until: until,
  fence: sql<number>`case when holder = ${holder} then fence else fence + 1 end`,
})

/** Whether a lease is the holder's own, or nobody's any more. */
export const mayTake = (holder: string, at: number) => sql<boolean>`(holder = ${holder} or held_until <= ${at})`

/** Lets every lease run out at once. Only for a process that knows that whoever held one is dead. */
export const endLeases = async (db: Kysely<Tables>): Promise<void> => {
  const ended = { held_until: 0 }
  await db.updateTable('inbox_mover').set(ended).execute()
  await db.updateTable('directory_mirror').set(ended).execute()
  await db.updateTable('lease').set(ended).execute()
  await db.updateTable('job').set(ended).where('status', '=', 'in progress').execute()
}
