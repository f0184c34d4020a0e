import { eventColumns } from '../../core/event.ts'
import { Fault, invalid, isFault } from '../../core/fault.ts'
import type { Filter } from '../../core/filter.ts'
import type { Cursor } from '../../core/page.ts'
import type { Realm } from '../../core/realm.ts'
import type { Report, Source } from '../../core/report.ts'
import type { Column, ColumnKind } from '../../core/table.ts'
import type { Question } from '../../ports/events.ts'
import { type Bindings, bindTime, createBindings } from './bindings.ts'
import { directoryUserColumns, directoryUsers, privilegeColumns, privileges } from './directory-users.ts'
import { keysIn } from './keys.ts'
import { foldedSessions, sessionColumns, startedWithin } from './privileged-sessions.ts'
import { compileWhere, type Filterable, filterableEvents } from './where.ts'
import { textAt } from './where-path.ts'

/** A text of SQL and the values bound to it. */
export interface Query {
  readonly sql: string
  readonly params: Readonly<Record<string, unknown>>
}

/** What a filter may look at in each source; paths are the event's alone. */
const filterable: Readonly<Record<Source, Filterable>> = {
  events: filterableEvents,
  rollups: { columns: [], paths: false },
  first_times: { columns: [], paths: false },
  people: {
    columns: ['user_id', 'login_id', 'device_id', 'person_id', 'application', 'action', 'outcome', 'event_name'],
    paths: false,
  },
  registrations: { columns: [], paths: false },
  proofing: { columns: ['session_id', 'action', 'status', 'document_type'], paths: false },
  directory: {
    columns: [
      'kind',
      'id',
      'external_id',
      'name',
      'display',
      'status',
      'subject_kind',
      'subject_id',
      'relation',
      'object_kind',
      'object_id',
      'created_ts',
      'created_by',
      'modified_ts',
    ],
    paths: false,
  },
  privileged_sessions: { columns: sessionColumns, paths: false },
  directory_users: { columns: directoryUserColumns, paths: false },
  privileges: { columns: privilegeColumns, paths: false },
}

/** How many rows more than a page needs are read of a list, for the case that some of them are one event. */
const spare = 100

/**
 * The rows of one page: the report's columns in their order, by position.
 * @param whole whether all rows are read, for their number, so that a list does not stop early
 */
export const pageQuery = (database: string, realm: Realm, question: Question, whole: boolean): Query => {
  const { report, page, after } = question
  const stops = report.lists !== undefined && !whole
  if (after && !report.lists) throw noCursor()
  const bindings = createBindings(question.params)
  const answers = Object.entries(report.columns).map(([name, column], at) => `${cast(name, column)} AS answer_${at}`)
  const order = orderOf(question)
  const orderBy = `ORDER BY ${order.map(({ name, descends }) => `\`${name}\`${descends ? ' DESC' : ''}`).join(', ')}`
  const skip = after ? 0 : page.skip
  const limit = `LIMIT ${bindings.bind(page.size, 'UInt64')} OFFSET ${bindings.bind(skip, 'UInt64')}`
  // A list is read in the table's order and stops early, which FINAL would prevent; so it is its rows that are made
  // distinct.
  const rows = stops
    ? `(SELECT * FROM (${report.sql}) ${after ? `WHERE ${afterKey(after, order, bindings)}` : ''}
  ${orderBy} LIMIT ${bindings.bind(skip + page.size + spare, 'UInt64')})
${orderBy} LIMIT 1 BY event_ts, event_id`
    : `(${report.sql}) ${orderBy}`
  const sql = `${sources(database, realm, question, bindings, stops ? '' : 'FINAL')}
SELECT ${answers.join(', ')} FROM ${rows} ${limit}`
  return { sql, params: bindings.params }
}

/** How many rows the whole answer has. */
export const totalQuery = (database: string, realm: Realm, question: Question): Query => {
  const bindings = createBindings(question.params)
  const sql = `${sources(database, realm, question, bindings, 'FINAL')}\nSELECT count() FROM (${question.report.sql})`
  return { sql, params: bindings.params }
}

/** What `with` asks for, read beside a list's own columns: the SQL of a list begins with its SELECT. */
const widened = ({ report, with: wanted = [] }: Question): string => {
  const more = wanted.map((name, at) => `${eventColumn(name)} AS with_${at}, `)
  return report.sql.replace(/^\s*SELECT\s/, () => `SELECT ${more.join('')}`)
}

/**
 * The rows of a whole answer, between the page's bounds. FINAL makes events distinct in the order in which they are
 * read, so that nothing is kept of what was written already.
 * @param select expressions over the report's columns by their names, and over `with_0` and so on
 */
export const exportQuery = (
  database: string,
  realm: Realm,
  question: Question,
  select: (bindings: Bindings) => string,
): Query => {
  const bindings = createBindings(question.params)
  const { skip, size } = question.page
  const orderBy = orderOf(question).map(({ name, descends }) => `\`${name}\`${descends ? ' DESC' : ''}`)
  const sql = `${sources(database, realm, question, bindings, 'FINAL')}
SELECT ${select(bindings)} FROM (
  SELECT * FROM (${widened(question)}) ORDER BY ${orderBy.join(', ')}
  LIMIT ${bindings.bind(size, 'UInt64')} OFFSET ${bindings.bind(skip, 'UInt64')})`
  return { sql, params: bindings.params }
}

/** Columns of the event for the rows of a page, found by their keys; the same key twice is one event. */
export const columnsQuery = (
  database: string,
  realm: Realm,
  keys: readonly Cursor[],
  names: readonly string[],
): Query => {
  const bindings = createBindings()
  const times = keys.map(({ ts }) => ts)
  const columns = names.map((name) => eventColumn(name))
  const sql = `SELECT toUnixTimestamp64Milli(event_ts), event_id, ${columns.join(', ')} FROM ${database}.events
PREWHERE ${ofRealm(realm, bindings)} AND event_ts >= ${bindTime(bindings, Math.min(...times))}
  AND event_ts <= ${bindTime(bindings, Math.max(...times))} AND (event_ts, event_id) IN (${keysIn(keys, bindings)})
ORDER BY seq DESC LIMIT 1 BY event_ts, event_id`
  return { sql, params: bindings.params }
}

export const ofRealm = (realm: Realm, bindings: Bindings): string =>
  `tenant_id = ${bindings.bind(realm.tenantId, 'String')} AND community_id = ${bindings.bind(realm.communityId, 'String')}`

/** Sources that are more than a table: what they are made of, by database and realm. */
export const folds: Readonly<Partial<Record<Source, (database: string, where: string, among?: string) => string>>> = {
  privileged_sessions: foldedSessions,
  directory_users: directoryUsers,
  privileges,
}

/** By what a source is in a window; the others have none. */
const times: Readonly<Partial<Record<Source, string>>> = { events: 'event_ts', privileged_sessions: 'created_at' }

/** The sources that a report reads, each within the realm, the window and the filter. */
const sources = (
  database: string,
  realm: Realm,
  question: Question,
  bindings: Bindings,
  final: 'FINAL' | '',
): string => {
  const { report, window, filter, sight } = question
  const texts = [...report.reads, ...(report.looksUp ?? [])].map((source, at) => {
    const fold = folds[source]
    const own = ofRealm(realm, bindings)
    const time = times[source]
    // What is folded is narrowed before, so that a question costs what its window holds and not all that ever was.
    const among =
      source === 'privileged_sessions' && window && window.from > 0
        ? startedWithin(database, own, bindTime(bindings, window.from), bindTime(bindings, window.to))
        : undefined
    const table = fold ? fold(database, own, among) : `${database}.${source}`
    const where = fold ? [] : [own]
    if (time && window)
      where.push(`${time} >= ${bindTime(bindings, window.from)} AND ${time} <= ${bindTime(bindings, window.to)}`)
    if (source === 'directory') where.push('removed = 0')
    if (source === 'rollups') where.push(`clock IN ${bindings.bind([0, ...(question.clocks ?? [1])], 'Array(UInt16)')}`)
    if (at < report.reads.length) {
      where.push(compileWhere(filter, bindings, filterable[source]))
      if (sight) where.push(compileSight(sight, bindings, filterable[source]))
    }
    const paths = source === 'events' ? pathsOf(report, bindings) : ''
    const once = source === 'events' ? final : source === 'directory' ? 'FINAL' : ''
    return `${source} AS (SELECT *${paths} FROM ${table} ${once} WHERE ${where.length > 0 ? where.join(' AND ') : '1'})`
  })
  return texts.length ? `WITH ${texts.join(',\n')}` : ''
}

/** What may be seen of a source. Counts without persons are not for somebody who sees only some of them. */
const compileSight = (sight: Filter, bindings: Bindings, source: Filterable): string => {
  try {
    return compileWhere(sight, bindings, source)
  } catch (error) {
    if (!isFault(error, 'invalid')) throw error
    throw new Fault(
      'forbidden',
      { reason: 'permission', need: 'the whole realm' },
      'This report counts the whole realm, of which this key sees a part; ask with a key that sees all of it',
    )
  }
}

/** Paths are picked where the table is read: the engine reads the whole of `data` when a subquery hands it on. */
const pathsOf = (report: Report, bindings: Bindings): string =>
  Object.entries(report.paths ?? {})
    .map(([name, path]) => `, ${textAt(path, bindings)} AS ${name}`)
    .join('')

const casts: Readonly<Record<ColumnKind, (name: string, nullable: boolean) => string>> = {
  text: (name, nullable) => `CAST(${name}, '${orNull('String', nullable)}')`,
  instant: (name, nullable) =>
    `toUnixTimestamp64Milli(CAST(${name}, '${orNull("DateTime64(3, \\'UTC\\')", nullable)}'))`,
  duration: (name, nullable) => `CAST(${name}, '${orNull('Int64', nullable)}')`,
  seconds: (name, nullable) => `CAST(${name}, '${orNull('Float64', nullable)}')`,
  count: (name, nullable) => `CAST(${name}, '${orNull('UInt64', nullable)}')`,
  number: (name, nullable) => `CAST(${name}, '${orNull('Float64', nullable)}')`,
  flag: (name, nullable) => `CAST(${name}, '${orNull('Bool', nullable)}')`,
  json: (name, nullable) => `CAST(${name}, '${orNull('String', nullable)}')`,
}

const orNull = (type: string, nullable: boolean): string => (nullable ? `Nullable(${type})` : type)

export const cast = (name: string, column: Column): string => casts[column.kind](`\`${name}\``, column.nullable)

const eventColumn = (name: string): string => {
  if (!(eventColumns as readonly string[]).includes(name))
    throw invalid([{ where: 'query', name, rule: 'unknown', message: `An event has no column ${name}` }])
  return name === 'event_ts' || name === 'received_ts' ? `toUnixTimestamp64Milli(${name})` : name
}

interface OrderBy {
  readonly name: string
  readonly descends: boolean
}

/** What was asked for, made total by the report's own order. */
const orderOf = ({ report, order = [] }: Question): readonly OrderBy[] => {
  const found = new Map<string, OrderBy>()
  for (const entry of [...order, ...report.order]) {
    const name = entry.replace(/^-/, '')
    if (!Object.hasOwn(report.columns, name))
      throw invalid([
        { where: 'query', name: 'order', rule: 'unknown', message: `This report cannot be ordered by ${name}` },
      ])
    if (!found.has(name)) found.set(name, { name, descends: entry !== name })
  }
  return [...found.values()]
}

/** At which end of its window a list begins; undefined where time does not come first in its order. */
export const beginsAt = (question: Question): 'oldest' | 'newest' | undefined => {
  const [first] = orderOf(question)
  if (question.report.lists === undefined || first?.name !== 'event_ts') return undefined
  return first.descends ? 'newest' : 'oldest'
}

/** The rows behind a key, in an order that begins with the event's time and id. */
const afterKey = ({ ts, id }: Cursor, order: readonly OrderBy[], bindings: Bindings): string => {
  const [time, event] = order
  if (time?.name !== 'event_ts' || event?.name !== 'event_id') throw noCursor()
  const at = bindTime(bindings, ts)
  const beyond = (descends: boolean) => (descends ? '<' : '>')
  const behindId = `event_id ${beyond(event.descends)} ${bindings.bind(id, 'String')}`
  return `event_ts ${beyond(time.descends)}= ${at} AND (event_ts != ${at} OR ${behindId})`
}

const noCursor = () =>
  invalid([
    { where: 'query', name: 'cursor', rule: 'unknown', message: 'A cursor continues a list of events in time order' },
  ])
