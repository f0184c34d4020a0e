import type { FastifyReply, FastifyRequest } from 'fastify'
import Type, { type TProperties, type TSchema } from 'typebox'
import { Fault } from '../../../core/fault.ts'
import type { Cell } from '../../../core/table.ts'
import { uuidOf } from '../../../core/uuid.ts'
import { localDay, monthOfDay, wallClock } from '../../../core/zone.ts'
import { goneOf } from '../../../http/gone.ts'
import { jsonType } from '../errors.ts'
import { askReport, createKnownIds, EVERYTHING } from '../known.ts'
import { type Parameters, readParameters, type Sent } from '../parameters.ts'
import type { RouteParts } from '../route.ts'
import { refusals } from '../shapes.ts'

const text = (description: string) => Type.Optional(Type.String({ description }))

const Range = {
  applicationId: text('UUID of an application; everything together when absent, empty, `null` or `undefined`.'),
  start: text('Required. Epoch milliseconds; truncated to the unit in the zone of the realm.'),
  end: text('Required. Epoch milliseconds; the unit that holds it is included.'),
}

const Who = {
  userId: text('UUID of a user.'),
  loginId: text('What a user logs in with; counts before userId.'),
  loginIdTypes: Type.Optional(
    Type.Union([Type.String(), Type.Array(Type.String())], {
      description: 'email, phoneNumber or username, once or several times; email and username when absent.',
    }),
  ),
}

const listOf = (name: string) =>
  Type.Object({
    total: Type.Integer({ description: 'The sum of the counts.' }),
    [name]: Type.Array(
      Type.Object({
        interval: Type.Integer({ description: 'Units since 1970 on the wall clock of the zone.' }),
        count: Type.Integer(),
      }),
      { description: 'Ascending; intervals in which nothing happened are left out.' },
    ),
  })

/** One report by interval. */
interface IntervalRoute {
  /** Every spelling of the last part of its path. */
  readonly paths: readonly string[]
  readonly summary: string
  readonly report: string
  /** The report's column of figures. */
  readonly column: string
  /** The member of the answer that holds the list. */
  readonly list: string
  /** The unit of the list that holds an instant, on the wall clock of a zone. */
  readonly unitOf: (zone: string) => (at: number) => number
  /** Whether it can be narrowed to a user. */
  readonly byUser?: boolean
}

const days = (zone: string) => (at: number) => localDay(zone, at)
const months = (zone: string) => (at: number) => monthOfDay(localDay(zone, at))

const routes: readonly IntervalRoute[] = [
  {
    paths: ['daily-active-user', 'daily-active-users'],
    summary: 'Active users of each day',
    report: 'daily-active-users',
    column: 'users',
    list: 'dailyActiveUsers',
    unitOf: days,
  },
  {
    paths: ['monthly-active-user', 'monthly-active-users'],
    summary: 'Active users of each month',
    report: 'monthly-active-users',
    column: 'users',
    list: 'monthlyActiveUsers',
    unitOf: months,
  },
  {
    paths: ['login'],
    summary: 'Logins of each hour',
    report: 'hourly-logins',
    column: 'logins',
    list: 'hourlyCounts',
    unitOf: wallClock,
    byUser: true,
  },
  {
    paths: ['registration'],
    summary: 'Registrations of each hour',
    report: 'hourly-registrations',
    column: 'registrations',
    list: 'hourlyCounts',
    unitOf: wallClock,
  },
]

const loginIdTypes = ['email', 'phoneNumber', 'username'] as const
type LoginIdType = (typeof loginIdTypes)[number]

/** What a login name is, by its form: the stream does not say. */
const typeOf = (loginId: string): LoginIdType =>
  loginId.includes('@') ? 'email' : /^\+?[\d ().-]{5,}$/.test(loginId) ? 'phoneNumber' : 'username'

/** What was asked, truncated to the units that hold its ends: two instants of one unit ask for it in either order. */
const readRange = (
  read: Parameters,
  unitOf: (at: number) => number,
): { readonly from: number; readonly to: number } => {
  const [start, end] = [read.instant('start'), read.instant('end')]
  if (start <= end) return { from: start, to: end }
  if (unitOf(start) > unitOf(end)) read.refuse('start', 'range', 'The [start] parameter must not be after [end]')
  return { from: end, to: start }
}

const sum = (cells: readonly (Cell | undefined)[]): number => cells.reduce<number>((all, cell) => all + Number(cell), 0)

const say = (
  reply: FastifyReply,
  body: object,
  incomplete: { readonly watermark: number } | undefined,
): FastifyReply => {
  if (incomplete) reply.header('Rollcall-Incomplete', 'true').header('Rollcall-Watermark', String(incomplete.watermark))
  return reply.header('content-type', jsonType).send(JSON.stringify(body))
}

const mountInterval = (parts: RouteParts, route: IntervalRoute): void => {
  const { http, context, callerOf } = parts
  const known = createKnownIds(context)
  const handle = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const caller = callerOf(request)
    const signal = goneOf(reply)
    const read = readParameters(request.query as Sent)
    const application = read.uuid('applicationId')
    const window = readRange(read, route.unitOf(await context.app.realms.zoneOf(caller.realm)))
    const loginId = route.byUser ? read.text('loginId') : undefined
    const types = route.byUser ? read.words('loginIdTypes', loginIdTypes) : []
    const userId = route.byUser && loginId === undefined ? read.uuid('userId') : undefined
    read.done()
    const named = types.length > 0 ? types : (['email', 'username'] as const)
    if (loginId !== undefined && !(named as readonly LoginIdType[]).includes(typeOf(loginId)))
      throw new Fault('not-found', { what: 'user', id: loginId }, 'No user logs in with this')
    const users =
      loginId !== undefined
        ? await known.usersByLogin(caller, loginId, signal)
        : userId !== undefined
          ? await known.users(caller, userId, signal)
          : []
    const applications = application === undefined ? [] : await known.applications(caller, application, signal)
    const { rows, incomplete } = await askReport(context.app, caller, route.report, {
      window,
      params: { applications, ...(route.byUser ? { users } : {}) },
      page: EVERYTHING,
      total: false,
      signal,
    })
    const list = rows.map((row) => ({ interval: row.interval, count: row[route.column] }))
    return say(reply, { total: sum(rows.map((row) => row[route.column])), [route.list]: list }, incomplete)
  }
  for (const path of route.paths)
    http.get(
      `/report/${path}`,
      {
        schema: {
          tags: ['Reports'],
          summary: route.summary,
          querystring: Type.Object({ ...Range, ...(route.byUser ? Who : {}) } as TProperties),
          response: { 200: listOf(route.list) as TSchema, ...refusals(400, 404) },
        },
      },
      handle,
    )
}

const Totals = Type.Object({
  applicationTotals: Type.Optional(
    Type.Record(
      Type.String(),
      Type.Object({
        logins: Type.Integer({ description: 'All time.' }),
        registrations: Type.Integer({ description: 'Current ones.' }),
        totalRegistrations: Type.Integer({ description: 'All time.' }),
      }),
    ),
  ),
  globalRegistrations: Type.Integer({ description: 'Users that are there.' }),
  totalGlobalRegistrations: Type.Integer({ description: 'Users that ever were.' }),
})

const mountTotals = ({ http, context, callerOf }: RouteParts): void => {
  http.get(
    '/report/totals',
    {
      schema: {
        tags: ['Reports'],
        summary: 'Logins and registrations, of each application and of all together',
        querystring: Type.Object({
          excludes: Type.Optional(
            Type.Union([Type.String(), Type.Array(Type.String())], {
              description: '`applicationTotals` leaves these out.',
            }),
          ),
        }),
        response: { 200: Totals as TSchema, ...refusals(400) },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request)
      const read = readParameters(request.query as Sent)
      const excludes = read.words('excludes', ['applicationTotals'])
      read.done()
      const { rows, incomplete } = await askReport(context.app, caller, 'usage-totals', {
        page: EVERYTHING,
        total: false,
        signal: goneOf(reply),
      })
      const global = rows.find((row) => row.application === '')
      const totals: Record<string, { logins: number; registrations: number; totalRegistrations: number }> = {}
      for (const row of rows) {
        if (row.application === '') continue
        const id = uuidOf(caller.realm, String(row.application))
        const before = totals[id] ?? { logins: 0, registrations: 0, totalRegistrations: 0 }
        totals[id] = {
          logins: before.logins + Number(row.logins),
          registrations: before.registrations + Number(row.registrations),
          totalRegistrations: before.totalRegistrations + Number(row.total_registrations),
        }
      }
      return say(
        reply,
        {
          ...(excludes.length > 0 ? {} : { applicationTotals: totals }),
          globalRegistrations: Number(global?.registrations ?? 0),
          totalGlobalRegistrations: Number(global?.total_registrations ?? 0),
        },
        incomplete,
      )
    },
  )
}

/** The five reports; a report that is known by two names is served under both. */
export const reportRoutes = (parts: RouteParts): void => {
  for (const route of routes) mountInterval(parts, route)
  mountTotals(parts)
}
