import type { FastifyReply, FastifyRequest } from 'fastify'
import Type, { type TSchema } from 'typebox'
import { invalid } from '../../../core/fault.ts'
import { and, column, equals, type Filter, path } from '../../../core/filter.ts'
import type { Row } from '../../../core/table.ts'
import { realmUuid } from '../../../core/uuid.ts'
import { goneOf } from '../../../http/gone.ts'
import type { Caller } from '../auth.ts'
import { bodyOf, neededPart } from '../body.ts'
import { exportOf, sendExport } from '../export.ts'
import { type Parameters, readParameters, type Sent } from '../parameters.ts'
import { tellEvent, unknown } from '../people.ts'
import type { RouteParts } from '../route.ts'
import { like, likeEither, orderOf, pageOf, search, sentTo, windowOf } from '../search.ts'
import { refusals } from '../shapes.ts'

const columns = ['seq', 'raw'] as const
const eventTypes = ['Information', 'Debug', 'Error'] as const

const AuditLog = Type.Object(
  {
    id: Type.Integer({ description: 'The number of the event in the stream.' }),
    insertInstant: Type.Integer(),
    insertUser: Type.String(),
    message: Type.String(),
  },
  { additionalProperties: true },
)
const EventLog = Type.Object({
  id: Type.Integer(),
  insertInstant: Type.Integer(),
  message: Type.String(),
  type: Type.Enum([...eventTypes]),
})

const parsed = (row: Row): Sent => JSON.parse(String(row.raw)) as Sent

const sayAudit = ({ realm }: Caller, row: Row) => {
  const sent = parsed(row)
  const extra = Object.fromEntries(
    ['data', 'newValue', 'oldValue', 'reason'].flatMap((name) =>
      Object.hasOwn(sent, name) && sent[name] !== null ? [[name, sent[name]]] : [],
    ),
  )
  return {
    id: Number(row.seq),
    insertInstant: Number(row.event_ts),
    insertUser: String(row.insert_user),
    message: String(row.message),
    tenantId: realmUuid(realm),
    ...extra,
  }
}

const sayEvent = (_caller: Caller, row: Row) => ({
  id: Number(row.seq),
  insertInstant: Number(row.event_ts),
  message: String(row.message),
  type: eventTypes.find((type) => type === row.kind_of_entry) ?? 'Information',
})

/** One of the two logs. */
interface Log {
  readonly path: string
  readonly tag: string
  readonly category: string
  /** The members of the answers. */
  readonly one: string
  readonly many: string
  readonly shape: typeof AuditLog | typeof EventLog
  readonly say: (caller: Caller, row: Row) => Readonly<Record<string, unknown>>
  readonly filters: (read: Parameters) => readonly Filter[]
  readonly order: Readonly<Record<string, string>>
}

const order = { insertInstant: 'event_ts', insertUser: 'insert_user', message: 'message' }

const auditFilters = (read: Parameters): readonly Filter[] => {
  const [message, user] = [read.text('message'), read.text('user')]
  const members = ['newValue', 'oldValue', 'reason'] as const
  return [
    ...(message === undefined ? [] : [likeEither('message', 'event_name', message)]),
    ...(user === undefined
      ? []
      : [
          {
            is: 'or' as const,
            of: [like(column('actor_id'), user), and(equals(column('actor_id'), ''), like(column('user_id'), user))],
          },
        ]),
    ...members.flatMap((name) => {
      const value = read.text(name)
      return value === undefined ? [] : [like(path(name), value)]
    }),
  ]
}

const logs: readonly Log[] = [
  {
    path: 'audit-log',
    tag: 'Audit log',
    category: 'AUDIT_LOG',
    one: 'auditLog',
    many: 'auditLogs',
    shape: AuditLog,
    say: sayAudit,
    filters: auditFilters,
    order,
  },
  {
    path: 'event-log',
    tag: 'Event log',
    category: 'EVENT_LOG',
    one: 'eventLog',
    many: 'eventLogs',
    shape: EventLog,
    say: sayEvent,
    filters: (read) => {
      const message = read.text('message')
      const [type] = read.words('type', eventTypes)
      return [
        ...(message === undefined ? [] : [likeEither('message', 'event_name', message)]),
        ...(type === undefined ? [] : [equals(column('object_type'), type)]),
      ]
    },
    order: { ...order, type: 'kind_of_entry' },
  },
]

const text = Type.Optional(Type.String())
const Searched = Type.Object({
  message: text,
  user: text,
  newValue: text,
  oldValue: text,
  reason: text,
  type: text,
  orderBy: text,
  start: Type.Optional(Type.Unknown()),
  end: Type.Optional(Type.Unknown()),
  numberOfResults: Type.Optional(Type.Unknown()),
  startRow: Type.Optional(Type.Unknown()),
})

const mountLog = (parts: RouteParts, log: Log): void => {
  const { http, context, callerOf } = parts
  const ofLog = equals(column('category'), log.category)
  const tags = [log.tag]

  http.get(
    `/system/${log.path}/:id`,
    {
      schema: {
        tags,
        summary: 'Show an entry',
        params: Type.Object({ id: Type.String() }),
        response: { 200: Type.Object({ [log.one]: log.shape }) as TSchema, ...refusals(400, 404) },
      },
    },
    async (request) => {
      const caller = callerOf(request)
      const { id } = request.params as { id: string }
      const read = readParameters({ id }, 'path')
      const seq = read.whole('id', { least: 0, most: Number.MAX_SAFE_INTEGER, otherwise: 0 })
      read.done()
      const window = windowOf(readParameters({}), context.now())
      const { rows } = await search(parts, caller, {
        report: 'log-entries',
        window,
        filter: and(ofLog, equals(column('seq'), seq)),
        page: { skip: 0, size: 1 },
        total: false,
        with: columns,
      })
      if (!rows[0]) throw unknown('entry', id)
      return { [log.one]: log.say(caller, rows[0]) }
    },
  )

  const criteriaOf = (read: Parameters) => {
    const filter = and(ofLog, ...log.filters(read))
    const window = windowOf(read, context.now())
    return { filter, window }
  }
  const find = async (request: FastifyRequest, reply: FastifyReply) => {
    const signal = goneOf(reply)
    const caller = callerOf(request)
    const read = readParameters(sentTo(request, 'search'), request.method === 'GET' ? 'query' : 'body')
    const asked = { ...criteriaOf(read), page: pageOf(read), order: orderOf(read, log.order) }
    read.done()
    const found = await search(parts, caller, {
      report: 'log-entries',
      ...asked,
      total: true,
      with: columns,
      signal,
    })
    return { [log.many]: found.rows.map((row) => log.say(caller, row)), total: found.total ?? 0 }
  }
  const Found: TSchema = Type.Object({ [log.many]: Type.Array(log.shape), total: Type.Integer() })
  http.get(
    `/system/${log.path}/search`,
    { schema: { tags, summary: 'Search entries', querystring: Searched, response: { 200: Found, ...refusals(400) } } },
    find,
  )
  http.post(
    `/system/${log.path}/search`,
    {
      schema: {
        tags,
        summary: 'Search entries',
        body: Type.Object({ search: Type.Optional(Searched) }),
        response: { 200: Found, ...refusals(400, 413) },
      },
    },
    find,
  )
  if (log.category !== 'AUDIT_LOG') return

  const sendAll = async (request: FastifyRequest, reply: FastifyReply) => {
    const caller = callerOf(request)
    const { criteria, write } = await exportOf(parts, caller, request)
    const read = readParameters(criteria, request.method === 'GET' ? 'query' : 'body')
    const asked = criteriaOf(read)
    read.done()
    return await sendExport(
      parts,
      caller,
      reply,
      { report: 'log-entries', ...asked, with: columns },
      {
        name: 'audit-logs',
        head: ['Id ', 'User ', 'Time ', 'Message '],
        line: (row) => [String(row.seq), String(row.insert_user), write(Number(row.event_ts)), String(row.message)],
      },
    )
  }
  const exported = {
    200: { description: 'A zip of one CSV.', content: { 'application/zip': { schema: Type.String() } } } as never,
  }
  http.get(
    '/system/audit-log/export',
    { schema: { tags, summary: 'Export entries', querystring: Searched, response: { ...exported, ...refusals(400) } } },
    sendAll as never,
  )
  http.post(
    '/system/audit-log/export',
    {
      schema: {
        tags,
        summary: 'Export entries',
        body: Type.Object({ criteria: Type.Optional(Searched), dateTimeSecondsFormat: text, zoneId: text }),
        response: { ...exported, ...refusals(400, 413) },
      },
    },
    sendAll as never,
  )
}

/** POST /system/audit-log: an entry is an event, which the audit log of every dialect shows. */
const mountCreate = ({ http, context, callerOf }: RouteParts): void => {
  http.post(
    '/system/audit-log',
    {
      schema: {
        tags: ['Audit log'],
        summary: 'Write an entry',
        body: Type.Object({
          auditLog: Type.Object(
            {
              insertUser: Type.String(),
              message: Type.String(),
              reason: text,
              data: Type.Optional(Type.Unknown()),
              newValue: Type.Optional(Type.Unknown()),
              oldValue: Type.Optional(Type.Unknown()),
            },
            { additionalProperties: true },
          ),
        }),
        response: { 200: { description: 'Written. No body.' } as never, ...refusals(400, 413) },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request)
      const sent = neededPart(bodyOf(request.body), 'auditLog')
      const issues = (['insertUser', 'message'] as const).flatMap((name) => {
        const value = sent[name]
        const field = `auditLog.${name}`
        if (value === undefined || value === null || (typeof value === 'string' && value.trim() === ''))
          return [
            { where: 'body' as const, name: field, rule: 'blank', message: `The [${field}] property is required` },
          ]
        if (typeof value !== 'string')
          return [
            {
              where: 'body' as const,
              name: field,
              rule: 'format',
              message: `Invalid ${field}. This must be a String.`,
            },
          ]
        return value.length > 4_096
          ? [
              {
                where: 'body' as const,
                name: field,
                rule: 'size',
                message: `The [${field}] property is longer than 4096 characters`,
              },
            ]
          : []
      })
      if (issues.length > 0) throw invalid(issues)
      const user = String(sent.insertUser)
      await tellEvent(
        context.app,
        caller,
        'audit-log.create',
        {
          actor_type: 'user',
          actor_id: user,
          user_id: user,
          ...(typeof sent.reason === 'string' ? { reason: sent.reason.slice(0, 4_096) } : {}),
        },
        Object.fromEntries(
          ['insertUser', 'message', 'data', 'newValue', 'oldValue', 'reason']
            .filter((name) => Object.hasOwn(sent, name))
            .map((name) => [name, sent[name]]),
        ),
      )
      return reply.send()
    },
  )
}

/** The audit log and the event log: entries are events, and their ids the numbers of the stream. */
export const logRoutes = (parts: RouteParts): void => {
  mountCreate(parts)
  for (const log of logs) mountLog(parts, log)
}
