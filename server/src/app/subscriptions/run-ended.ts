import type { EventDraft } from '../../core/event.ts'
import type { Log } from '../../core/log.ts'
import type { Realm } from '../../core/realm.ts'
import type { RunRecord } from '../../ports/subscriptions.ts'
import type { NoteLog } from '../events/note-log.ts'

/** What is told of a run that ended. */
export type EndedRun = Pick<RunRecord, 'realm' | 'subscriptionId' | 'state' | 'period' | 'reason'>

export interface RunEndedParts {
  readonly log: Log
  readonly count: (state: RunRecord['state']) => void
  /** Takes an event into the realm's own stream. */
  readonly note: (realm: Realm, draft: EventDraft) => Promise<unknown>
  /** Writes it into the event log of the realm as well. */
  readonly noteLog: NoteLog
}

const says: Partial<Record<RunRecord['state'], string>> = {
  failed: 'A report of a subscription could not be made',
  skipped: 'Reports of a subscription were skipped',
}

/**
 * Tells how a run ended: counted always; one that failed or was skipped also in the log and, as an event, in the realm's
 * own stream. The ledger has it already, so what cannot be told here is not lost.
 */
export const createRunEnded =
  ({ log, count, note, noteLog }: RunEndedParts) =>
  async ({ realm, subscriptionId, state, period, reason }: EndedRun): Promise<void> => {
    count(state)
    const said = says[state]
    if (said === undefined) return
    log('warn', said, { subscription: subscriptionId, period, reason })
    await noteLog(realm, 'Error', `${said}: ${subscriptionId}, ${period}${reason ? `. ${reason}` : ''}`)
    const event = {
      event_name: `subscription.${state}`,
      object_type: 'subscription',
      object_id: subscriptionId,
      period,
      reason: reason ?? '',
    }
    try {
      await note(realm, {
        dialect: 'native',
        event_name: event.event_name,
        action: 'audit.noted',
        outcome: 'failure',
        found: { object_type: 'subscription', object_id: subscriptionId, reason: event.reason.slice(0, 4_096) },
        raw: JSON.stringify(event),
      })
    } catch (error) {
      log('warn', 'How a report of a subscription ended could not be noted among the events', { error: String(error) })
    }
  }
