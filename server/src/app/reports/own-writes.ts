import type { Realm } from '../../core/realm.ts'
import type { Report, Source } from '../../core/report.ts'
import type { Directory } from '../../ports/directory.ts'
import type { Inbox } from '../../ports/inbox.ts'

export interface OwnWritesParts {
  readonly inbox: Inbox
  readonly directory: Directory
  /** Waits until events up to a number are searchable, at most so long; answers the number up to which they are. */
  readonly catchUp: (seq: number, timeoutMs: number) => Promise<number>
  /** Waits until the directory up to a version is what reports read, at most so long; answers that version. */
  readonly catchUpDirectory: (version: number, timeoutMs: number) => Promise<number>
}

/** How long a question waits for its realm's acknowledged events and changes to become searchable. */
const PATIENCE_MS = 2_000

/** What is made of the directory. */
const ofDirectory: readonly Source[] = ['directory', 'directory_users', 'privileges', 'privileged_sessions']

const reads = (report: Report): ReadonlySet<string> => new Set([...report.reads, ...(report.looksUp ?? [])])

/** Whether what a report answers depends on the directory. */
export const readsDirectory = (report: Report): boolean => ofDirectory.some((source) => reads(report).has(source))

/**
 * Waits until a report would see what its realm acknowledged before. Answers the number up to which events are
 * searchable when something was still missing in time, and undefined when all is there.
 */
export const createOwnWrites = (parts: OwnWritesParts) => {
  const events = async (realm: Realm): Promise<number | undefined> => {
    const waiting = await parts.inbox.waiting(realm)
    if (waiting === 0) return undefined
    const reached = await parts.catchUp(waiting, PATIENCE_MS)
    return reached >= waiting ? undefined : reached
  }
  const directory = async (realm: Realm): Promise<boolean> => {
    const waiting = await parts.directory.outbox.waiting(realm)
    return waiting === 0 || (await parts.catchUpDirectory(waiting, PATIENCE_MS)) >= waiting
  }
  return async (realm: Realm, report: Report): Promise<number | undefined> => {
    const [behind, mirrored] = await Promise.all([events(realm), readsDirectory(report) ? directory(realm) : true])
    return behind ?? (mirrored ? undefined : await parts.inbox.watermark())
  }
}
