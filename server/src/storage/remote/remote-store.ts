import { Fault } from '../../core/fault.ts'
import type { Realm } from '../../core/realm.ts'
import type { EventStore, Question } from '../../ports/events.ts'
import { createRemoteReports, type RemoteReports, type RemoteReportsOptions } from './remote-reports.ts'

/** The other service tells nobody's part of its rows from another's. */
const refuseSight = (question: Question): void => {
  if (question.sight)
    throw new Fault(
      'forbidden',
      { reason: 'permission', need: 'the whole realm' },
      'This report is read from another service and shows the whole realm; ask with a key that sees all of it',
    )
}

const askRemote =
  (remote: RemoteReports) =>
  async (realm: Realm, question: Question): ReturnType<EventStore['ask']> => {
    refuseSight(question)
    const started = performance.now()
    const { report, params, page, signal } = question
    const { rows, total } = await remote.page(realm, report, params, page, signal)
    return {
      rows,
      ...(question.total ? { total } : {}),
      cost: { rows: rows.length, bytes: 0, ms: performance.now() - started },
    }
  }

/** The event store, but for reports whose rows another service has: these are read from there. */
export const readRemotely = (store: EventStore, options: RemoteReportsOptions): EventStore => {
  if (Object.keys(options.sources).length === 0) return store
  const remote = createRemoteReports(options)
  const ask = askRemote(remote)
  return {
    ...store,
    ask: (realm, question) => (remote.has(question.report.id) ? ask(realm, question) : store.ask(realm, question)),
  }
}
