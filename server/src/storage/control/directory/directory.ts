import type { Kysely } from 'kysely'
import type { Directory } from '../../../ports/directory.ts'
import { makeWake } from '../inbox/wake.ts'
import type { Tables } from '../tables.ts'
import { makeChanging } from './changing.ts'
import { makeNotes } from './notes.ts'
import { makeOutbox } from './outbox.ts'
import { makeReading } from './reading.ts'

/** The directory over one engine. */
export const makeDirectory = (db: Kysely<Tables>, now: () => number): Directory => {
  const wake = makeWake()
  return {
    ...makeReading(db),
    change: makeChanging(db, wake.ring),
    notes: makeNotes(db),
    outbox: makeOutbox(db, now, wake.wait),
  }
}
