import { setTimeout as delay } from 'node:timers/promises'
import type { Receipt, StoredEvent } from '../core/event.ts'
import type { EventLimits } from '../core/json-text.ts'
import type { Log } from '../core/log.ts'
import type { Report } from '../core/report.ts'
import type { Secret } from '../core/secret.ts'
import type { EventStore } from '../ports/events.ts'
import type { Inbox } from '../ports/inbox.ts'
import type { App } from './app.ts'
import { createDirectory } from './directory/directory.ts'
import { createMailOf } from './directory/mail-address.ts'
import { createIngest } from './events/ingest.ts'
import { createSetAside } from './events/set-aside.ts'
import type { Voice } from './exports/bytes.ts'
import { createJobs, type JobParts } from './jobs/jobs.ts'
import { createAuthenticate } from './keys/authenticate.ts'
import { createKeys } from './keys/keys.ts'
import { createLicences } from './keys/licences.ts'
import { createServiceKeys, type Seal } from './keys/service-keys.ts'
import { createClockOf, createEnter, createFindRealm } from './realms/enter.ts'
import { createRealms } from './realms/realms.ts'
import { createRecall } from './recall.ts'
import { createDefinitions } from './reports/definitions.ts'
import { createRequestExport } from './reports/export-report.ts'
import { createGenerated } from './reports/generated.ts'
import { createOwnWrites } from './reports/own-writes.ts'
import { createMakeDocument, createRenderReport } from './reports/render-report.ts'
import { createComplete, createRunReport } from './reports/run-report.ts'
import type { MayCall } from './subscriptions/draft.ts'
import type { EndedRun } from './subscriptions/run-ended.ts'
import type { Definitions } from './subscriptions/subscription-uses.ts'
import { createSubscriptions } from './subscriptions/subscriptions.ts'

/** What the use cases stand on; compose hands it to them. */
export interface AppParts extends Omit<JobParts, 'findRealm'> {
  readonly inbox: Inbox
  readonly store: EventStore
  readonly reports: ReadonlyMap<string, Report>
  readonly catchUp: (seq: number, timeoutMs: number) => Promise<number>
  readonly catchUpDirectory: (version: number, timeoutMs: number) => Promise<number>
  readonly encode: (event: StoredEvent) => string
  readonly seal: Seal
  readonly adminKey: Secret
  readonly infraKey: Secret | undefined
  readonly limits: EventLimits
  readonly oldestEvent: number
  readonly aheadMs: number
  readonly timezone: string
  readonly retentionDays: number | undefined
  readonly serviceKeyGraceMs: number
  readonly perKey: number
  /** How each dialect says an event, by the dialect's name. */
  readonly voices: ReadonlyMap<string, Voice>
  /** What this process is called, among others. */
  readonly node: string
  readonly log: Log
  readonly definitions: Definitions
  readonly mayCall: MayCall
  /** Files of a report up to so many bytes go along with its e-mails; larger ones are linked to. */
  readonly attachmentBytes: number
  /** Under which e-mails are numbered: a host name. */
  readonly mailDomain: string
  readonly runEnded: (run: EndedRun) => Promise<void>
  readonly count: (outcome: Receipt['outcome'], events: number) => void
  readonly observe: (report: string, seconds: number, rowsRead: number) => void
}

/** How old a remembered key or realm may be in another process than the one that changed it, in milliseconds. */
const RECALL_MS = 1_000

/** A part that has not answered after so many milliseconds is not well. */
const HEALTH_MS = 2_000

/** Whether a part says in time that it is well: whoever asks for health must not wait for what hangs. */
const inTime = async (answering: Promise<boolean>): Promise<boolean> => {
  const answered = new AbortController()
  const late = delay(HEALTH_MS, false, { signal: answered.signal }).catch(() => false)
  try {
    return await Promise.race([answering.catch(() => false), late])
  } finally {
    answered.abort()
  }
}

/** Makes the use cases, once. */
export const createApp = (parts: AppParts): App => {
  const { control, inbox, store, now } = parts
  const recall = createRecall(() => control.keys.version(), now, RECALL_MS)
  const findRealm = createFindRealm(control, recall)
  const ingest = createIngest({
    inbox,
    findRealm,
    now,
    encode: parts.encode,
    limits: parts.limits,
    oldest: parts.oldestEvent,
    ahead: parts.aheadMs,
    timezone: parts.timezone,
    count: parts.count,
  })
  const definitions = createDefinitions({
    ...parts,
    records: control.reports,
    unsubscribe: (realm, id) => control.subscriptions.removeOfDefinition(realm, id, now()),
  })
  const running = {
    ...parts,
    ownWrites: createOwnWrites({ ...parts, directory: control.directory }),
    clockOf: createClockOf(findRealm, parts.timezone),
  }
  return {
    authenticate: createAuthenticate({ ...parts, recall }),
    enter: createEnter(findRealm),
    ingest,
    eventLimits: parts.limits,
    runReport: createRunReport(running),
    complete: createComplete(running),
    renderReport: createRenderReport({ ...running, findRealm }),
    definitions,
    generated: createGenerated({
      ...parts,
      records: control.reports,
      definitions,
      makeDocument: createMakeDocument({ ...running, findRealm }),
    }),
    reports: parts.reports,
    realms: createRealms({
      control,
      files: parts.files,
      findRealm,
      recall,
      now,
      timezone: parts.timezone,
      kick: parts.kick,
    }),
    keys: createKeys({ control, findRealm, recall, now }),
    licences: createLicences({ control, recall, now }),
    serviceKeys: createServiceKeys({
      store: control.serviceKeys,
      seal: parts.seal,
      now,
      graceMs: parts.serviceKeyGraceMs,
    }),
    directory: createDirectory(control.directory, ingest, now),
    setAside: createSetAside(inbox, findRealm),
    jobs: createJobs({ ...parts, findRealm }),
    subscriptions: createSubscriptions({ ...parts, findRealm, mailOf: createMailOf(control.directory) }),
    requestExport: createRequestExport({ ...parts, jobs: control.jobs }),
    async health() {
      const [events, state] = await Promise.all([inTime(store.ping()), inTime(control.ping())])
      return { events, control: state, inbox: state }
    },
  }
}
