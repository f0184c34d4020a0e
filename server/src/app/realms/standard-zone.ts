import type { Log } from '../../core/log.ts'
import type { Realms } from '../../ports/control.ts'

/** At the start, before anything is counted: tells the operator when another zone than before makes realms count anew. */
export const noteStandardZone = async (realms: Realms, zone: string, log: Log): Promise<void> => {
  const noted = await realms.standardZone(zone)
  if (noted.before === null || noted.before === zone) return
  log(
    'info',
    `ROLLCALL_REPORT_TIMEZONE is now ${zone} and was ${noted.before}: days and months of the realms without a zone of their own (${noted.realms}) are counted anew in the background; until that is done, their reports over days and months say that they are incomplete`,
    noted,
  )
}
