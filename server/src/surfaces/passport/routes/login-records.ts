import type { FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { isFault } from '../../../core/fault.ts'
import { and, anyOf, column, equals, type Filter } from '../../../core/filter.ts'
import type { Row } from '../../../core/table.ts'
import { uuidOf } from '../../../core/uuid.ts'
import { goneOf } from '../../../http/gone.ts'
import type { Caller } from '../auth.ts'
import { exportOf, sendExport } from '../export.ts'
import { createKnownIds } from '../known.ts'
import { type Parameters, readParameters, type Sent } from '../parameters.ts'
import { applicationNames, findObject, unknown } from '../people.ts'
import type { RouteParts } from '../route.ts'
import { orderOf, pageOf, type Search, search, sentTo, windowOf } from '../search.ts'
import { refusals } from '../shapes.ts'

const tags = ['Login records']

const Record = Type.Object(
  {
    applicationId: Type.Optional(Type.String()),
    applicationName: Type.Optional(Type.String()),
    loginId: Type.Optional(Type.String()),
    loginIdType: Type.Optional(Type.String()),
    instant: Type.Integer(),
    ipAddress: Type.Optional(Type.String()),
    userId: Type.Optional(Type.String()),
  },
  { additionalProperties: true },
)
const Records = Type.Object({
  logins: Type.Array(Record),
  total: Type.Optional(Type.Integer({ description: 'With retrieveTotal.' })),
})
const Criteria = Type.Object({
  applicationId: Type.Optional(Type.String()),
  userId: Type.Optional(Type.String()),
  start: Type.Optional(Type.Unknown()),
  end: Type.Optional(Type.Unknown()),
})

/** Columns of the event that a record needs beside those of the search. */
const columns = ['login_id'] as const
const names = { insertInstant: 'event_ts', insert_instant: 'event_ts', instant: 'event_ts' }
const succeeded = and(equals(column('action'), 'login'), equals(column('outcome'), 'success'))

const typeOf = (loginId: string): string =>
  loginId.includes('@') ? 'email' : /^\+?[\d ()-]{6,}$/.test(loginId) ? 'phoneNumber' : 'username'

/** The head of the vendor's export; each of its cells ends in a space. */
const head = [
  'User Id ',
  'Identity value ',
  'Identity type ',
  'Time ',
  'Application Id ',
  'IP Address ',
  'City ',
  'Country ',
  'Zipcode ',
  'Region ',
  'Latitude ',
  'Longitude ',
]

/** Login records: every login that succeeded, searched, exported, and the recent ones of a user. */
export const loginRecordRoutes = (parts: RouteParts): void => {
  const { http, context, callerOf } = parts
  const { app } = context

  const namesOf = (caller: Caller, rows: readonly Row[]) =>
    applicationNames(app, caller, [...new Set(rows.map((row) => String(row.application ?? '')).filter(Boolean))])
  const say = ({ realm }: Caller, row: Row, names?: ReadonlyMap<string, string>) => {
    const text = (name: string) => String(row[name] ?? '')
    return {
      ...(row.application
        ? {
            applicationId: uuidOf(realm, text('application')),
            applicationName: names?.get(text('application')) ?? text('application'),
          }
        : {}),
      ...(row.login_id ? { loginId: text('login_id'), loginIdType: typeOf(text('login_id')) } : {}),
      instant: Number(row.event_ts),
      ...(row.ip ? { ipAddress: text('ip') } : {}),
      ...(row.user_id ? { userId: uuidOf(realm, text('user_id')) } : {}),
    }
  }
  const known = createKnownIds(context)
  /** The ids in the stream that a UUID may stand for; one that nothing is known of stands for itself. */
  const idsOf = async (
    caller: Caller,
    kind: 'applications' | 'users',
    uuid: string,
    signal: AbortSignal,
  ): Promise<readonly string[]> => {
    try {
      return await known[kind](caller, uuid, signal)
    } catch (error) {
      if (isFault(error, 'not-found')) return [uuid]
      throw error
    }
  }
  const criteriaOf = async (
    caller: Caller,
    read: Parameters,
    signal: AbortSignal,
  ): Promise<Pick<Search, 'window' | 'filter'>> => {
    const [applicationId, userId] = [read.uuid('applicationId'), read.uuid('userId')]
    const window = windowOf(read, context.now())
    read.done()
    const narrowed: Filter[] = [
      ...(applicationId
        ? [anyOf(column('application'), await idsOf(caller, 'applications', applicationId, signal))]
        : []),
      ...(userId ? [anyOf(column('user_id'), await idsOf(caller, 'users', userId, signal))] : []),
    ]
    return { window, filter: and(succeeded, ...narrowed) }
  }

  const find = async (request: FastifyRequest, reply: FastifyReply) => {
    const signal = goneOf(reply)
    const caller = callerOf(request)
    const read = readParameters(sentTo(request, 'search'), request.method === 'GET' ? 'query' : 'body')
    const page = pageOf(read)
    const order = orderOf(read, names)
    const whole = (request.method === 'GET' ? request.query : request.body) as Sent | null
    const total = whole?.retrieveTotal === true || whole?.retrieveTotal === 'true'
    const asked = { ...(await criteriaOf(caller, read, signal)), page, order, total }
    const found = await search(parts, caller, {
      report: 'event-search',
      ...asked,
      with: columns,
      signal,
    })
    const named = await namesOf(caller, found.rows)
    return { logins: found.rows.map((row) => say(caller, row, named)), ...(total ? { total: found.total ?? 0 } : {}) }
  }
  const Paged = Type.Object({
    ...Criteria.properties,
    numberOfResults: Type.Optional(Type.Unknown({ description: '25 unless said otherwise.' })),
    startRow: Type.Optional(Type.Unknown()),
    orderBy: Type.Optional(Type.String()),
  })
  http.get(
    '/system/login-record/search',
    {
      schema: {
        tags,
        summary: 'Search login records',
        querystring: Paged,
        response: { 200: Records, ...refusals(400) },
      },
    },
    find,
  )
  http.post(
    '/system/login-record/search',
    {
      schema: {
        tags,
        summary: 'Search login records',
        body: Type.Object({ search: Type.Optional(Paged), retrieveTotal: Type.Optional(Type.Boolean()) }),
        response: { 200: Records, ...refusals(400, 413) },
      },
    },
    find,
  )

  const exported = {
    200: { description: 'A zip of one CSV.', content: { 'application/zip': { schema: Type.String() } } } as never,
  }
  const sendAll = async (request: FastifyRequest, reply: FastifyReply) => {
    const caller = callerOf(request)
    const { criteria, write } = await exportOf(parts, caller, request)
    const asked = await criteriaOf(
      caller,
      readParameters(criteria, request.method === 'GET' ? 'query' : 'body'),
      goneOf(reply),
    )
    return await sendExport(
      parts,
      caller,
      reply,
      { report: 'event-search', ...asked, with: columns },
      {
        name: 'login-records',
        head,
        line: (row) => {
          const {
            userId = '',
            loginId = '',
            loginIdType = '',
            instant,
            applicationId = '',
            ipAddress = '',
          } = say(caller, row)
          return [userId, loginId, loginIdType, write(instant), applicationId, ipAddress, '', '', '', '', '', '']
        },
      },
    )
  }
  http.get(
    '/system/login-record/export',
    {
      schema: {
        tags,
        summary: 'Export login records',
        querystring: Criteria,
        response: { ...exported, ...refusals(400) },
      },
    },
    sendAll as never,
  )
  http.post(
    '/system/login-record/export',
    {
      schema: {
        tags,
        summary: 'Export login records',
        body: Type.Object({
          criteria: Type.Optional(Criteria),
          dateTimeSecondsFormat: Type.Optional(
            Type.String({ description: 'Of Java’s DateTimeFormatter; `M/d/yyyy hh:mm:ss a z` otherwise.' }),
          ),
          zoneId: Type.Optional(Type.String({ description: 'IANA zone; the report zone of the realm otherwise.' })),
        }),
        response: { ...exported, ...refusals(400, 413) },
      },
    },
    sendAll as never,
  )

  const recent = (needsUser: boolean) => async (request: FastifyRequest, reply: FastifyReply) => {
    const signal = goneOf(reply)
    const caller = callerOf(request)
    const read = readParameters(request.query as Sent)
    const size = read.whole('limit', { least: 1, most: 1_000, otherwise: 10 })
    const skip = read.whole('offset', { least: 0, most: 1_000_000, otherwise: 0 })
    const userId = read.uuid('userId')
    if (needsUser && userId === undefined) read.refuse('userId', 'required', 'The [userId] parameter is required')
    const { window, filter } = await criteriaOf(caller, read, signal)
    const found = await search(parts, caller, {
      report: 'event-search',
      window,
      filter,
      page: { skip, size },
      total: userId !== undefined,
      with: columns,
      signal,
    })
    if (userId !== undefined && found.total === 0 && !(await findObject(app, caller, 'user', userId)))
      throw unknown('user', userId)
    const named = await namesOf(caller, found.rows)
    return { logins: found.rows.map((row) => say(caller, row, named)) }
  }
  const Recent = Type.Object({
    userId: Type.Optional(Type.String()),
    offset: Type.Optional(Type.Unknown()),
    limit: Type.Optional(Type.Unknown({ description: '10 unless said otherwise.' })),
  })
  const answers = { 200: Type.Object({ logins: Type.Array(Record) }), ...refusals(400, 404) }
  http.get(
    '/user/recent-login',
    {
      schema: {
        tags,
        summary: 'Recent logins, of everybody or of a user; newest first',
        querystring: Recent,
        response: answers,
      },
    },
    recent(false),
  )
  http.get(
    '/report/user-login',
    {
      schema: {
        tags,
        summary: 'Recent logins of a user, under the name that Passport had',
        querystring: Recent,
        response: answers,
      },
    },
    recent(true),
  )
}
