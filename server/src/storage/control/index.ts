import type { Log } from '../../core/log.ts'
import type { Control } from '../../ports/control.ts'
import type { Inbox, InboxLimits } from '../../ports/inbox.ts'
import { makeControl } from './control.ts'
import { makeInbox } from './inbox/inbox.ts'
import { endLeases } from './lease.ts'
import type { Opened } from './opened.ts'
import { openSqlite } from './sqlite/open.ts'
import { nameStore } from './store.ts'

export interface ControlOptions {
  /** `sqlite:<folder>`, with the file `control.db` in it, or `postgres://...` */
  readonly url: string
  readonly limits: InboxLimits
  readonly log: Log
  /** Epoch milliseconds. */
  readonly now: () => number
}

/** State and inbox in one store. Disposing it finishes what waits, then closes everything. */
export interface ControlStore extends AsyncDisposable {
  readonly control: Control
  readonly inbox: Inbox
  /** Runs work, such as the event store's migrations, while no other process does. */
  readonly exclusively: <T>(work: () => Promise<T>) => Promise<T>
  /** Lets every lease run out at once, of mover, mirror, ticker and jobs; for a process that is the only one alive. */
  readonly endLeases: () => Promise<void>
}

const open = async ({ url, limits, log }: ControlOptions): Promise<Opened> => {
  if (url.startsWith('sqlite:')) return openSqlite(url.slice('sqlite:'.length), limits)
  if (/^postgres(?:ql)?:/.test(url)) return (await import('./postgres/open.ts')).openPostgres(url, limits, log)
  throw new Error('The control store is named by sqlite:<folder> or postgres://...; this address is neither')
}

/**
 * Opens the control store and brings its tables up to date.
 * @throws Error when the store is newer than this program; Fault `control-away` when it cannot be reached.
 */
export const openControl = async (options: ControlOptions): Promise<ControlStore> => {
  await using stack = new AsyncDisposableStack()
  const opened = stack.use(await open(options))
  const control = stack.use(makeControl(opened.db, opened.onlyProcess, options.now))
  const inbox = stack.use(makeInbox(opened.engine, await nameStore(opened.db, options.now()), options.now))
  const owned = stack.move()
  return {
    control,
    inbox,
    exclusively: opened.exclusively,
    endLeases: () => endLeases(opened.db),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
