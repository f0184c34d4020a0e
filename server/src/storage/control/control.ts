import type { Kysely } from 'kysely'
import type { Control } from '../../ports/control.ts'
import { makeDeliveries } from './deliveries.ts'
import { makeDirectory } from './directory/directory.ts'
import { makeGrants } from './grants.ts'
import { makeJobs } from './jobs.ts'
import { makeKeys } from './keys.ts'
import { makeRealms } from './realms.ts'
import { makeReportRecords } from './reports.ts'
import { makeServiceKeys } from './service-keys.ts'
import { makeSubscriptions } from './subscriptions/subscriptions.ts'
import type { Tables } from './tables.ts'
import { makeChanges } from './version.ts'

/** The state over one engine, by nouns. */
export const makeControl = (db: Kysely<Tables>, onlyProcess: boolean, now: () => number): Control => {
  const changes = makeChanges(db, onlyProcess)
  return {
    directory: makeDirectory(db, now),
    realms: makeRealms(db, changes, now),
    keys: makeKeys(db, changes),
    grants: makeGrants(db, changes),
    serviceKeys: makeServiceKeys(db, changes),
    reports: makeReportRecords(db),
    jobs: makeJobs(db),
    deliveries: makeDeliveries(db),
    subscriptions: makeSubscriptions(db),
    async ping() {
      try {
        await db.selectFrom('store').select('one').execute()
        return true
      } catch {
        return false
      }
    },
    [Symbol.asyncDispose]: () => db.destroy(),
  }
}
