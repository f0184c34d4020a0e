import { Type } from 'typebox'

const text = (description: string) => Type.String({ description })
const orNull = (description: string) => Type.Union([Type.Number(), Type.Null()], { description })

/** These schemas describe the wire; they do not refuse, because the dialect tells all mistakes at once. */
export const DownloadBody = Type.Object(
  {
    requestBy: text('E-mail address of who asks'),
    notificationList: Type.Array(Type.String(), {
      minItems: 1,
      maxItems: 5,
      description: 'E-mail addresses that are told when the file is there',
    }),
    eventData: Type.Object(
      { tenant_dns: text('The tenant’s dns'), user_id: text('Who asks') },
      { additionalProperties: true, description: 'About the request' },
    ),
    format: Type.Optional(Type.Enum(['csv', 'ndjson', 'xlsx', 'parquet'], { description: 'Ours; csv when left out' })),
    all: Type.Optional(Type.Boolean({ description: 'Ours: every record, not only 5,000' })),
  },
  { description: 'Makes a file of up to 5,000 records from `pIndex` on, in the background, in place of this answer' },
)

const times = 'Epoch milliseconds'

export const JobItem = Type.Object(
  {
    jobId: Type.String(),
    createdAt: Type.Number({ description: times }),
    completedAt: orNull(`${times}; null until it has ended`),
    status: text('Pending, In Progress, Completed, Failed or Cancelled; a job made by POST job has its own word'),
    requestedBy: Type.String(),
    sendNotificationTo: Type.Array(Type.String()),
    size: orNull('Bytes of the file; null while there is none'),
    downloadLink: text('Opens the file for a while; empty while there is none'),
    rows: Type.Optional(Type.Integer({ description: 'Ours: records written so far' })),
    total: Type.Optional(Type.Integer({ description: 'Ours: records of the whole answer' })),
    more: Type.Optional(Type.Boolean({ description: 'Ours: whether records follow behind those of the file' })),
    reason: Type.Optional(text('Ours: why it failed')),
  },
  { description: 'A download job' },
)

export const JobsBody = Type.Object({
  sort: Type.Optional(
    Type.Array(
      Type.Object({
        field: Type.Enum(['jobId', 'createdAt', 'completedAt', 'status', 'requestedBy', 'size']),
        order: Type.Optional(Type.Enum(['asc', 'desc'])),
      }),
      { description: 'The newest first when left out' },
    ),
  ),
  pSize: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 10 })),
  pIndex: Type.Optional(Type.Integer({ minimum: 0, default: 0 })),
})

export const JobsAnswer = Type.Object(
  {
    page: Type.Object({ total: Type.Integer(), pSize: Type.Integer(), pIndex: Type.Integer() }),
    data: Type.Array(JobItem),
  },
  { description: 'One page of jobs' },
)

export const CancelAnswer = Type.Object(
  {
    createdAt: Type.Number({ description: times }),
    status: Type.String(),
    sendNotificationTo: Type.Array(Type.String()),
  },
  { description: 'The job, cancelled' },
)

export const JobBody = Type.Object(
  { data: Type.Optional(Type.Unknown({ description: 'The job, encrypted; or as an object. Flat is taken too' })) },
  {
    additionalProperties: true,
    description:
      'jobId, tenantId, communityId, totalParts, totalCount, status, query, requestedBy, sendNotificationTo, tenantDns, user_id, requestUuid, createdAt, completedAt, downloadLink, size; other fields are kept',
  },
)

export const Done = Type.Object({ status: text('OK') }, { description: 'Done' })
