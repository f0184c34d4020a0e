import { sql } from 'kysely'

/** What a process writes to take a lease, or to keep its own longer: the fence rises when the holder changes. */
export const taking = (holder: string, until: number) => ({
  holder,
  held_until: until,
  fence: sql<number>`case when holder = ${holder} then fence else fence + 1 end`,
})

/** Whether a lease is the holder's own, or nobody's any more. */
export const mayTake = (holder: string, at: number) => sql<boolean>`(holder = ${holder} or held_until <= ${at})`
