import { join } from 'node:path'
import type { App } from '../app/app.ts'
import type { AppParts } from '../app/create-app.ts'
import type { NoteLog } from '../app/events/note-log.ts'
import { loadTasks } from '../app/jobs/tasks/index.ts'
import { createWork } from '../app/jobs/work.ts'
import type { Settings } from '../config/settings.ts'
import { createOutbox } from '../delivery/outbox.ts'
import { createSmtp } from '../delivery/smtp.ts'
import { createWebhook } from '../delivery/webhook.ts'
import { startPostman } from '../jobs/postman.ts'
import { startTicker, type TickerOptions } from '../jobs/ticker.ts'
import { startWorker } from '../jobs/worker.ts'

/** What makes jobs, sends messages and finds what is due. */
export interface Background extends AsyncDisposable {
  /** Tells it that there is something to do. */
  readonly wake: () => void
}

export interface BackgroundOptions {
  readonly settings: Settings
  /** The data folder. */
  readonly data: string
  readonly parts: AppParts
  readonly app: App
  /** This process's name in the leases. */
  readonly holder: string
  readonly note: NoteLog
  readonly ended: TickerOptions['ended']
}

/** Starts the couriers, the postman, the worker and the ticker. */
export const startBackground = async (options: BackgroundOptions): Promise<Background> => {
  const { settings, parts, app, holder, note } = options
  const { control, files, seal, now, log } = parts
  await using opened = new AsyncDisposableStack()
  const mail = { from: settings.mailFrom, files }
  const email = opened.use(
    settings.smtpUrl === undefined
      ? createOutbox({ ...mail, folder: join(options.data, 'outbox'), log })
      : createSmtp({ ...mail, url: settings.smtpUrl }),
  )
  const webhook = opened.use(
    createWebhook({
      allowPrivate: settings.webhookPrivate,
      secret: async (id) => {
        const sealed = await control.subscriptions.secret(id)
        return sealed && Buffer.from(seal.open(sealed)).toString()
      },
      now,
      userAgent: 'Rollcall',
    }),
  )
  const postman = opened.use(
    startPostman({
      deliveries: control.deliveries,
      couriers: [email, webhook],
      now,
      log,
      undelivered: (realm, sentence) => note(realm, 'Error', sentence),
    }),
  )
  const worker = opened.use(
    startWorker({
      jobs: control.jobs,
      files,
      work: createWork(parts, app, await loadTasks()),
      holder,
      atOnce: settings.jobsAtOnce,
      now,
      log,
      finished: postman.kick,
      failed: async (realm, sentence) => note(realm, 'Error', sentence),
    }),
  )
  opened.use(
    startTicker({
      subscriptions: control.subscriptions,
      version: () => control.keys.version(),
      holder,
      timezone: settings.reportTimezone,
      most: settings.catchUpPeriods,
      now,
      log,
      added: worker.kick,
      ended: options.ended,
    }),
  )
  const running = opened.move()
  return {
    wake: () => {
      worker.kick()
      postman.kick()
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}
