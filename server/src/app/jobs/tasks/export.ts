import { Fault } from '../../../core/fault.ts'
import type { Filter } from '../../../core/filter.ts'
import { type DrawnFormat, type Format, formats, isDrawn } from '../../../core/format.ts'
import type { Principal } from '../../../core/principal.ts'
import type { Report } from '../../../core/report.ts'
import type { JobRecord } from '../../../ports/jobs.ts'
import { mostRows } from '../../../render/render.ts'
import { announce } from '../../exports/announce.ts'
import { bytesOf } from '../../exports/bytes.ts'
import { ExportPayload, type ExportResult, exportAttempts, exportKind } from '../../exports/payload.ts'
import { readsDirectory } from '../../reports/own-writes.ts'
import type { Task, TaskContext } from './task.ts'

/** How long an export waits for its realm's acknowledged events to become searchable. */
const PATIENCE_MS = 10_000

const behind = (): Fault =>
  new Fault(
    'engine-away',
    { retryAfterSeconds: 2 },
    'The newest events and changes are not in the store yet; it is tried again',
  )

/** Waits until what was acknowledged before is searchable, so that no file misses it. */
const catchUp = async ({ job, parts }: TaskContext, report: Report): Promise<void> => {
  const waiting = await parts.inbox.waiting(job.realm)
  if (waiting > 0 && (await parts.catchUp(waiting, PATIENCE_MS)) < waiting) throw behind()
  if (!readsDirectory(report)) return
  const changed = await parts.control.directory.outbox.waiting(job.realm)
  if (changed > 0 && (await parts.catchUpDirectory(changed, PATIENCE_MS)) < changed) throw behind()
}

const askedOf = (payload: ExportPayload, signal: AbortSignal) => ({
  ...(payload.window ? { window: payload.window } : {}),
  filter: payload.filter as Filter,
  params: payload.params,
  ...(payload.order ? { order: payload.order } : {}),
  signal,
})

/** A document is drawn as the one who asked for it, with what they saw then. */
const ownerOf = (job: JobRecord, payload: ExportPayload): Principal => ({
  id: job.owner,
  user: job.owner,
  realms: [job.realm],
  may: new Set(['events.read', 'reports.run']),
  ...(payload.sight === undefined ? {} : { sight: payload.sight as Filter }),
})

const drawn = async (
  { app, job, signal }: TaskContext,
  payload: ExportPayload,
  report: Report,
  format: DrawnFormat,
): Promise<AsyncIterable<Uint8Array>> => {
  const asked = askedOf(payload, signal)
  const bounds = { skip: payload.skip, ...(payload.most === null ? {} : { most: payload.most }) }
  const words = { title: payload.title, askedBy: job.requestedBy, ...bounds }
  return (await app.renderReport(ownerOf(job, payload), job.realm, report, asked, format, words)).bytes
}

const engines: readonly Format[] = ['csv', 'ndjson', 'parquet']

/** Writes a report into a file, and tells those who wait for it. */
export const exportTask: Task = {
  kind: exportKind,
  payload: ExportPayload,
  attempts: exportAttempts,
  async run(payload: ExportPayload, context) {
    const { job, parts, signal } = context
    const { store, files } = parts
    const report = parts.reports.get(payload.report)
    if (!report)
      throw new Fault(
        'not-found',
        { what: 'report', id: payload.report },
        `There is no report ${payload.report} any more`,
      )
    await catchUp(context, report)
    const page = { skip: payload.skip, size: payload.most ?? Number.MAX_SAFE_INTEGER }
    const asked = { ...askedOf(payload, signal), page, total: false }
    const { question } = await context.app.complete(ownerOf(job, payload), job.realm, report, asked)
    const total = await store.exports.count(job.realm, question)
    const wanted = Math.max(0, Math.min(total - payload.skip, payload.most ?? total))
    const expected = isDrawn(payload.format) ? Math.min(wanted, mostRows[payload.format]) : wanted
    let rows = 0
    const tell = (so: number): void => {
      rows = so
      context.progress(so)
    }
    const byEngine = engines.includes(payload.format)
    const voice = payload.voice === null ? undefined : parts.voices.get(payload.voice)
    const bytes = byEngine
      ? bytesOf(store.exports, job.realm, question, { format: payload.format, columns: payload.columns, voice }, tell)
      : await drawn(context, payload, report, payload.format as DrawnFormat)
    const file = context.fileName(formats[payload.format].ending)
    const size = await files.write(job.realm, file, bytes, signal)
    // What is drawn, and what the engine writes in Parquet, is written whole or not at all.
    if (!byEngine || payload.format === 'parquet') rows = expected
    if (rows < expected) {
      await files.remove(job.realm, file)
      throw new Fault(
        'engine-away',
        { retryAfterSeconds: 2 },
        `Only ${rows} of ${expected} rows came; it is tried again`,
      )
    }
    const more = total > payload.skip + rows
    const result: ExportResult = { format: payload.format, title: payload.title, total, more }
    const done = { ...job, status: 'completed', file, finishedAt: parts.now() }
    const link = context.app.jobs.link(done)
    const realm = await parts.control.realms.get(job.realm.tenantId, job.realm.communityId)
    const deliveries =
      link && realm
        ? announce(job, payload.notify, {
            title: payload.title,
            realm: `${realm.tenant.name} · ${realm.community.name}`,
            window: payload.window,
            rows,
            total,
            more,
            bytes: size,
            link,
            until: parts.now() + Math.min(parts.linkMs, parts.fileMs),
          })
        : []
    return { result, file, bytes: size, rows, deliveries }
  },
}
