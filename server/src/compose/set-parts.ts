import type { AppParts } from '../app/create-app.ts'
import type { Settings } from '../config/settings.ts'
import { Secret } from '../core/secret.ts'
import { DAY_MS, HOUR_MS } from '../core/window.ts'

/** What the use cases take from the settings alone, in their own units. */
export const setParts = (settings: Settings) =>
  ({
    infraKey: settings.infraKey === undefined ? undefined : new Secret(settings.infraKey),
    limits: {
      bytes: settings.eventBytes,
      depth: settings.eventDepth,
      keys: settings.eventKeys,
      nameLength: settings.eventNameLength,
    },
    oldestEvent: Date.UTC(settings.eventOldestYear, 0, 1),
    aheadMs: settings.eventAheadHours * HOUR_MS,
    timezone: settings.reportTimezone,
    retentionDays: settings.retentionDays,
    serviceKeyGraceMs: settings.serviceKeyGraceHours * HOUR_MS,
    perKey: settings.rateKey,
    workerKey: settings.workerKey === undefined ? undefined : new Secret(settings.workerKey),
    linkMs: settings.linkHours * HOUR_MS,
    fileMs: settings.fileDays * DAY_MS,
    jobMs: settings.jobDays * DAY_MS,
    ledgerMs: settings.ledgerDays * DAY_MS,
    attachmentBytes: settings.attachmentMib * 1_048_576,
    mailDomain: /@([^@>]+)>?$/.exec(settings.mailFrom)?.[1] ?? 'localhost.localdomain',
  }) satisfies Partial<AppParts>
