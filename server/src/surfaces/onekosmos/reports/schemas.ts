import { type TProperties, Type } from 'typebox'
import { DownloadBody } from '../downloads/schemas.ts'
import type { NamedFilter } from './filters.ts'

/** These schemas describe the wire; they do not refuse, because the dialect tells all mistakes at once. */

const text = (description: string) => Type.String({ description })

export const RealmPath = Type.Object({ tenantId: text('The tenant'), communityId: text('The community') })

const time = (description: string) =>
  Type.Optional(
    Type.Union([Type.String(), Type.Number()], {
      description: `${description}; 'YYYY-MM-DD HH:mm:ss.SSS', ISO 8601 or epoch time, UTC unless it says otherwise`,
    }),
  )

const filterNotes: Readonly<Record<NamedFilter, string>> = {
  user_id: 'Only this user',
  person_id: 'Only this person',
  auth_method: 'Only this authentication method',
  serviceProvider: 'Only this service provider, by any of its names',
  application: 'Only this application, by any of its names',
}

const span: TProperties = {
  pSize: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 25, description: 'Hits to answer at most' })),
  pIndex: Type.Optional(
    Type.Integer({ minimum: 0, default: 0, description: 'Hits to skip; pages to skip in the observed profile' }),
  ),
  from: time('Begin of the asked span, at most 90 days ago'),
  to: time('End of the asked span, after its begin'),
  download: Type.Optional(DownloadBody),
}

/** The body of a query: page, span, and its filters. */
export const queryBody = (filters: readonly NamedFilter[] | 'any') => {
  if (filters !== 'any')
    return Type.Object({
      ...span,
      ...Object.fromEntries(filters.map((name) => [name, Type.Optional(text(filterNotes[name]))])),
    })
  const query = Type.Record(Type.String(), Type.Unknown(), {
    description:
      'Conditions that hold at once: a value for equality, a list for any of its values, operators ($eq, $ne, $in, ' +
      '$nin, $gt, $gte, $lt, $lte, $exists, $not) under a dotted name, and $and, $or, $not around conditions',
  })
  return Type.Object(
    { ...span, query: Type.Optional(query) },
    { additionalProperties: true, description: 'Every other field filters the events by the field of that name' },
  )
}

const page = Type.Object({
  total: Type.Integer({ description: 'Hits in the whole span' }),
  pSize: Type.Integer(),
  pIndex: Type.Integer(),
})

export const QueryAnswer = Type.Object(
  { page, data: Type.Unknown({ description: 'The hits of this page' }) },
  { description: 'One page of hits' },
)

export const LastSeenBody = Type.Object({
  user_id: Type.Optional(text('Only this user')),
  device_id: Type.Optional(text('Only this device')),
  person_id: Type.Optional(text('Only this person')),
  eventName: Type.Optional(text('Only events of this name; user_id and device_id are required then')),
  download: Type.Optional(DownloadBody),
})

export const LastSeenAnswer = Type.Object(
  { data: Type.Array(Type.Unknown(), { maxItems: 1, description: 'The event, if there is one' }) },
  { description: 'A list of one event, or of none' },
)

export const MetricsBody = Type.Object({
  metricsName: text(
    'M_C_ACTIVE_USER, M_C_LOGIN_FAILED, M_C_LOGINS, M_C_NEW_DEVICES, M_G_APPLICATION_USAGE, M_G_LOGIN_FAILED, M_GT_SUCCESSFUL_AUTHENTICATIONS, M_GT_PROOFING_SESSION or M_T_NEW_DEVICES',
  ),
  from: time('Begin of the span, at most 90 days ago; a day ago when left out'),
  to: time(
    'End of the span, which is not a part of it; now when left out. Equal to from: the hours of that calendar day',
  ),
  responseTimezone: Type.Optional(
    text('IANA zone of the times in the answer, and of the day that is told by hour; UTC when left out'),
  ),
  authModuleId: Type.Optional(text('M_C_ACTIVE_USER: only logins by this module')),
  download: Type.Optional(DownloadBody),
})

export const MetricsAnswer = Type.Object(
  {
    count: Type.Optional(Type.Integer({ description: 'The figure of an M_C_ metric' })),
    data: Type.Optional(
      Type.Array(
        Type.Object({
          time: Type.Optional(text('Begin of the day or hour in the zone of the answer, YYYY-MM-DD HH:mm:ss.SSS')),
          name: Type.Optional(text('What is counted apart: application, reason, method or status')),
          count: Type.Integer(),
        }),
        { description: 'Figures in which something happened' },
      ),
    ),
    total: Type.Optional(Type.Integer({ description: 'The sum of the figures' })),
  },
  { description: 'A figure, or a list of figures with their sum' },
)

const JobId = Type.Object({ jobId: text('The job that makes the file') }, { description: 'When `download` was sent' })
/** The answer of what is only a file. */
export const JobMade = JobId

const download = Type.Optional(
  Type.Unknown({ description: 'requestBy, notificationList and eventData, as of every report that makes a file' }),
)
const optional = (description: string) => Type.Optional(text(description))

export const RoleAssignmentBody = Type.Object({
  roles: Type.Optional(Type.Array(Type.String(), { description: 'Names of roles; with roleIds left out too, all' })),
  roleIds: Type.Optional(Type.Array(Type.String(), { description: 'Ids of roles' })),
  data_now: Type.Optional(Type.Boolean({ description: 'Answer the rows; false when left out' })),
  pSize: span.pSize as NonNullable<typeof span.pSize>,
  pIndex: span.pIndex as NonNullable<typeof span.pIndex>,
  download,
})

export const HardwareTokensBody = Type.Object({
  reports_type: Type.Enum(['hardware_tokens', 'user_hardwaretokens']),
  query: Type.Optional(Type.Object({ searchStr: optional('A part of the serial number, the type or the user') })),
  download,
})

export const VerificationSessionsBody = Type.Object({
  query: Type.Optional(
    Type.Object({
      id: optional('The session'),
      status: optional('Its status'),
      documentType: optional('dl_object, ppt_object or idcard_object'),
      name: optional('A part of the names of its user'),
      startDate: time('Created then or later, 30 days ago when left out'),
      endDate: time('Created then or before, now when left out'),
    }),
  ),
  download,
})

export const QueryOrJob = Type.Union([QueryAnswer, JobId])
export const LastSeenOrJob = Type.Union([LastSeenAnswer, JobId])
export const MetricsOrJob = Type.Union([MetricsAnswer, JobId])
