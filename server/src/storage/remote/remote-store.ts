import { csvText } from '../../core/csv.ts'
import { Fault, invalid } from '../../core/fault.ts'
import { writeInstant } from '../../core/instant.ts'
import type { Realm } from '../../core/realm.ts'
import type { Cell, Column, Row } from '../../core/table.ts'
import type { EventExports, EventStore, Question, WrittenForm } from '../../ports/events.ts'
import { createRemoteReports, type RemoteReports, type RemoteReportsOptions } from './remote-reports.ts'

/** Rows of one request when all are wanted. */
const PAGE = 500

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
  (remote: RemoteReports): EventStore['ask'] =>
  async (realm, question) => {
    refuseSight(question)
    const started = performance.now()
    const { report, params, page, signal } = question
    const { rows, total } = await remote.page(realm, report, params, page, signal)
    const ms = performance.now() - started
    return { rows, ...(question.total ? { total } : {}), cost: { rows: rows.length, bytes: 0, ms } }
  }

const csvCell = (column: Column | undefined, cell: Cell): string => {
  if (cell === null) return ''
  if (column?.kind === 'instant') return `"${writeInstant(Number(cell)).replace('T', ' ').replace('Z', '')}"`
  return typeof cell === 'string' ? csvText(cell) : String(cell)
}

const lineOf = ({ report }: Question, { format, columns }: WrittenForm, row: Row): string =>
  format === 'ndjson'
    ? `${JSON.stringify(Object.fromEntries(columns.map(({ name, head }) => [head, row[name] ?? null])))}\n`
    : `${columns.map(({ name }) => csvCell(report.columns[name], row[name] ?? null)).join(',')}\r\n`

const exportRemote = (remote: RemoteReports): EventExports => {
  async function* rows(realm: Realm, question: Question): AsyncGenerator<readonly Row[]> {
    refuseSight(question)
    const { report, params, page, signal } = question
    for (let done = 0; done < page.size; ) {
      const size = Math.min(PAGE, page.size - done)
      const found = await remote.page(realm, report, params, { skip: page.skip + done, size }, signal)
      if (found.rows.length === 0) return
      yield found.rows
      done += found.rows.length
    }
  }
  return {
    rows,
    names: async () => [],
    async count(realm, question) {
      refuseSight(question)
      const { report, params, signal } = question
      return (await remote.page(realm, report, params, { skip: 0, size: 1 }, signal)).total
    },
    async *written(realm, question, form) {
      if (form.format === 'parquet')
        throw invalid([
          {
            where: 'body',
            name: 'format',
            rule: 'enum',
            message: 'Rows that are read from another service are written as csv, ndjson or xlsx',
          },
        ])
      for await (const batch of rows(realm, question))
        yield Buffer.from(batch.map((row) => lineOf(question, form, row)).join(''))
    },
  }
}

/** The event store, but for reports whose rows another service has: these are read from there. */
export const readRemotely = (store: EventStore, options: RemoteReportsOptions): EventStore => {
  if (Object.keys(options.sources).length === 0) return store
  const remote = createRemoteReports(options)
  const ask = askRemote(remote)
  const exports = exportRemote(remote)
  const exportsOf = (question: Question): EventExports => (remote.has(question.report.id) ? exports : store.exports)
  return {
    ...store,
    ask: (realm, question) => (remote.has(question.report.id) ? ask(realm, question) : store.ask(realm, question)),
    exports: {
      count: (realm, question) => exportsOf(question).count(realm, question),
      names: (realm, question, most) => exportsOf(question).names(realm, question, most),
      rows: (realm, question) => exportsOf(question).rows(realm, question),
      written: (realm, question, form) => exportsOf(question).written(realm, question, form),
    },
  }
}
