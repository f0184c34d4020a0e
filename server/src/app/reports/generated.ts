import { objectId, predefinedOfId, predefinedOfType } from '../../core/definition.ts'
import { Fault } from '../../core/fault.ts'
import { type Filter, spanOf } from '../../core/filter.ts'
import { fileName, formats, isDrawn, isFormat } from '../../core/format.ts'
import { demand, type Principal } from '../../core/principal.ts'
import type { Realm } from '../../core/realm.ts'
import type { Report } from '../../core/report.ts'
import type { Window } from '../../core/window.ts'
import type { Files } from '../../ports/files.ts'
import type { GeneratedRecord, ReportRecords } from '../../ports/generated.ts'
import { renderCsv } from '../../render/csv.ts'
import { loadRender, mostRows } from '../../render/render.ts'
import { refuseTitle } from './definitions.ts'
import type { MakeDocument } from './render-report.ts'
import type { DefinitionUses, GenerateDraft, GeneratedUses } from './report-uses.ts'
import { readSnapshot, SNAPSHOT_ROWS, writeSnapshot } from './snapshot.ts'

export interface GeneratedParts {
  readonly records: ReportRecords
  readonly reports: ReadonlyMap<string, Report>
  readonly definitions: DefinitionUses
  readonly files: Files
  readonly makeDocument: MakeDocument
  readonly now: () => number
  /** What this process is called. */
  readonly node: string
}

const BATCH = 500

/** In which forms a generated report can be had. */
export const generatedFormats: readonly string[] = ['csv', 'pdf', 'html']

/** By what a filter says when: what is listed by it is in the window by it too. */
const startColumns: ReadonlySet<string> = new Set(['created_at', 'event_ts'])

/** What a filter's own dates leave to look at: up to now, and since ever where it names no beginning. */
const datedWindow = (filter: Filter, now: number): Window => {
  const { from, to } = spanOf(filter, startColumns)
  const window = { from: Math.max(0, from), to: Math.min(to, now) }
  return window.from <= window.to ? window : { from: 0, to: now }
}

const unknown = (id: string): Fault =>
  new Fault('not-found', { what: 'report', id }, `There is no report ${JSON.stringify(id)}`)

export const createGenerated = (parts: GeneratedParts): GeneratedUses => {
  const { records, files, now } = parts

  /** One's own; everybody's, and those made on a schedule, for who may read these. */
  const sees = (caller: Principal, record: GeneratedRecord): boolean =>
    record.createdBy === caller.user ||
    caller.may.has('report.read.all') ||
    (record.periodic && caller.may.has('report.read.system'))

  const find = async (caller: Principal, realm: Realm, id: string): Promise<GeneratedRecord> => {
    demand(caller, 'report.read.own', realm)
    const record = await records.generated.get(realm, id)
    if (!record || !sees(caller, record)) throw unknown(id)
    return record
  }

  const kept = async (caller: Principal, realm: Realm, id: string): Promise<GeneratedRecord> => {
    const record = await find(caller, realm, id)
    if (record.removed) throw unknown(id)
    return record
  }

  const write = async (
    caller: Principal,
    realm: Realm,
    draft: GenerateDraft,
    run: string | null,
  ): Promise<GeneratedRecord> => {
    const known = predefinedOfType(draft.type)
    const report = known && parts.reports.get(known.report)
    if (!known || !report)
      throw new Fault('not-found', { what: 'report', id: draft.type }, `There is no report of type ${draft.type}`)
    const title = draft.title ?? (draft.definition ? predefinedOfId(draft.definition)?.title : undefined) ?? known.title
    const generatedAt = now()
    const { filter, order, dated } = draft.question
    const window = draft.window ?? (dated && filter ? datedWindow(filter, generatedAt) : undefined)
    const id = objectId(await records.nextNumber())
    const { document } = await parts.makeDocument(
      caller,
      realm,
      report,
      { ...(filter ? { filter } : {}), ...(order ? { order } : {}), ...(window ? { window } : {}) },
      SNAPSHOT_ROWS,
      { title, askedBy: caller.user, generatedAt },
    )
    const rows = document.total ?? 0
    if (rows > SNAPSHOT_ROWS)
      throw new Fault(
        'too-costly',
        { why: 'rows' },
        `The report has ${rows} rows, and at most ${SNAPSHOT_ROWS} are kept; ask for less by a filter`,
      )
    const file = `report-${id}.rows.gz`
    await files.write(realm, file, writeSnapshot(document))
    const record: GeneratedRecord = {
      id,
      title,
      definitionId: draft.definition ?? null,
      type: draft.type,
      queryFilter: draft.queryFilter,
      queryOrder: draft.queryOrder,
      window: document.period ?? null,
      generatedAt,
      createdBy: caller.user,
      periodic: run !== null,
      run,
      createdOn: parts.node,
      rows,
      file,
      createdAt: generatedAt,
      modifiedAt: generatedAt,
      removed: false,
    }
    if (!(await records.generated.create(realm, record))) await files.remove(realm, file)
    return record
  }

  return {
    async generate(caller, realm, draft) {
      demand(caller, 'report.create', realm)
      refuseTitle(draft.title)
      return write(caller, realm, draft, null)
    },
    async ofRun(owner, realm, definition, run) {
      const { title, type, queryFilter, queryOrder, question } = await parts.definitions.get(owner, realm, definition)
      const draft = { title, definition, type, queryFilter, queryOrder, question, window: run.window }
      await write(owner, realm, draft, run.id)
    },
    get: kept,
    async *list(caller, realm) {
      demand(caller, 'report.read.own', realm)
      for (let after: string | undefined; ; ) {
        const page = await records.generated.list(realm, { limit: BATCH, ...(after === undefined ? {} : { after }) })
        yield* page.filter((record) => sees(caller, record))
        after = page.at(-1)?.id
        if (page.length < BATCH) return
      }
    },
    async remove(caller, realm, id) {
      const { file } = await kept(caller, realm, id)
      if (!(await records.generated.remove(realm, id, now()))) throw unknown(id)
      // The record stays as one that was removed; what the report said does not.
      await files.remove(realm, file)
    },
    async download(caller, realm, id, format) {
      const record = await kept(caller, realm, id)
      const drawn = isFormat(format) && isDrawn(format) ? format : undefined
      if (!isFormat(format) || !generatedFormats.includes(format) || (format !== 'csv' && !drawn))
        throw new Fault(
          'not-found',
          { what: 'form', id: format },
          `A report is had as ${generatedFormats.join(', ')}, not as ${JSON.stringify(format)}`,
        )
      const stored = await files.read(realm, record.file)
      if (!stored) throw new Fault('not-found', { what: 'file', id }, `The contents of report ${id} are no longer kept`)
      const render = drawn ? await loadRender(drawn) : renderCsv
      const document = await readSnapshot(stored.body, drawn ? mostRows[drawn] : SNAPSHOT_ROWS)
      return {
        mediaType: formats[format].mediaType,
        fileName: fileName(record.title, format),
        bytes: render(document),
      }
    },
  }
}
