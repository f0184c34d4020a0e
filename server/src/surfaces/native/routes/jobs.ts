import Type from 'typebox'
import type { App, DeliveryRecord, JobRecord } from '../../../app/app.ts'
import { aboutOf } from '../../../app/jobs/about.ts'
import { formatNames } from '../../../core/format.ts'
import { writeInstant } from '../../../core/instant.ts'
import { sendFile } from '../../../http/send-file.ts'
import { AskedQuestion, findReport, readQuestion } from '../asked-question.ts'
import type { RouteParts } from '../route.ts'
import { Instant, problems, RealmPath } from '../shapes.ts'

const orNull = (what: ReturnType<typeof Type.String>) => Type.Union([what, Type.Null()])

const Delivery = Type.Object(
  {
    id: Type.String(),
    channel: Type.String({ description: '`email` or `webhook`.' }),
    address: Type.String(),
    state: Type.Enum(['pending', 'sending', 'sent', 'failed', 'unknown'], {
      description: '`unknown` may have arrived; it is sent again only by hand.',
    }),
    attempts: Type.Integer(),
    error: orNull(Type.String({ description: 'Why the last attempt failed.' })),
    messageId: Type.String({ description: 'The same in every attempt.' }),
    sentAt: orNull(Instant('When the other side took it.')),
  },
  { description: 'One message to one recipient.' },
)

const Job = Type.Object(
  {
    id: Type.String(),
    kind: Type.String({ description: '`export`, or `external` for one that another worker does.' }),
    status: Type.String({
      description: '`pending`, `in progress`, `completed`, `failed` or `cancelled`; an external one’s own word.',
    }),
    requestedBy: Type.String(),
    reason: orNull(Type.String({ description: 'Why it failed, or why it is tried again.' })),
    rows: Type.Integer({ description: 'Rows written so far.' }),
    bytes: Type.Union([Type.Integer(), Type.Null()], { description: 'Of its file.' }),
    attempts: Type.Integer(),
    createdAt: Instant('When it was asked for.'),
    startedAt: orNull(Instant('When a worker first took it.')),
    finishedAt: orNull(Instant('When it ended, however.')),
    result: Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()], {
      description: 'Of an export: `format`, `title`, `total` rows of the whole answer, and whether there are `more`.',
    }),
    about: Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()], {
      description:
        'What its sender said of it: the `eventData` of a 1Kosmos download, or all of a job that another worker does.',
    }),
    downloadLink: orNull(Type.String({ description: 'Opens the file without a key, for a while.' })),
    deliveries: Type.Optional(Type.Array(Delivery)),
  },
  { description: 'Work in the background.' },
)

const Export = Type.Object(
  {
    report: Type.String({ minLength: 1, maxLength: 128, description: 'Which report; `GET /v1/reports` lists them.' }),
    ...AskedQuestion,
    format: Type.Optional(Type.Enum([...formatNames], { description: '`csv` when left out.' })),
    as: Type.Optional(
      Type.Enum(['columns', 'events'], {
        description:
          'Of a report that lists events: its columns, or the events as they were sent (csv, ndjson and parquet).',
      }),
    ),
    skip: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000_000, description: 'Rows to skip; 0.' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000_000, description: 'Most rows; all.' })),
    title: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, pattern: '^[^\\p{Cc}]*$', description: 'What it is called.' }),
    ),
    notify: Type.Optional(
      Type.Array(Type.String({ maxLength: 254 }), { maxItems: 20, description: 'E-mail addresses to tell.' }),
    ),
  },
  { additionalProperties: false },
)

const JobPath = Type.Object({ ...RealmPath.properties, id: Type.String({ minLength: 1, maxLength: 256 }) })
const JobQuery = Type.Object(
  {
    skip: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000_000, description: 'Jobs to skip; 0.' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, description: 'Most jobs of one answer; 100.' })),
  },
  { additionalProperties: false },
)

const at = (ms: number | null): string | null => (ms === null ? null : writeInstant(ms))

const sayDelivery = (one: DeliveryRecord) => ({
  id: one.id,
  channel: one.channel,
  address: one.address,
  state: one.state,
  attempts: one.attempts,
  error: one.error,
  messageId: one.messageId,
  sentAt: at(one.sentAt),
})

const sayJob = (app: App, job: JobRecord) => ({
  id: job.id,
  kind: job.kind,
  status: job.status,
  requestedBy: job.requestedBy,
  reason: job.reason,
  rows: job.rows,
  bytes: job.bytes,
  attempts: job.attempts,
  createdAt: writeInstant(job.createdAt),
  startedAt: at(job.startedAt),
  finishedAt: at(job.finishedAt),
  result: (job.result ?? null) as Record<string, unknown> | null,
  about: aboutOf(job) as Record<string, unknown> | null,
  downloadLink: app.jobs.link(job) ?? null,
})

const tags = ['Jobs']

/** Reports as files, made in the background; and everything that can be done with a job. */
export const jobRoutes = ({ http, context, callerOf }: RouteParts): void => {
  const { app } = context
  http.post(
    '/realms/:tenantId/:communityId/exports',
    {
      schema: {
        operationId: 'exportReport',
        tags,
        summary: 'Make a report a file, in the background',
        params: RealmPath,
        body: Export,
        response: { 202: Job, ...problems(404, 413, 503) },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request)
      const realm = await app.enter(caller, request.params.tenantId, request.params.communityId)
      const { report: id, format = 'csv', as = 'columns', skip, limit, title, notify, ...asked } = request.body
      const report = findReport(app, id)
      const job = await app.requestExport(caller, realm, report, {
        ...readQuestion(report, asked, context.now()),
        format,
        ...(as === 'events' ? { voice: 'native' } : {}),
        ...(skip === undefined ? {} : { skip }),
        ...(limit === undefined ? {} : { most: limit }),
        ...(title === undefined ? {} : { title }),
        ...(notify === undefined ? {} : { notify }),
      })
      return reply.code(202).send(sayJob(app, job))
    },
  )
  http.get(
    '/realms/:tenantId/:communityId/jobs',
    {
      schema: {
        operationId: 'listJobs',
        tags,
        summary: 'List jobs, the newest first',
        params: RealmPath,
        querystring: JobQuery,
        response: { 200: Type.Object({ jobs: Type.Array(Job), total: Type.Integer() }), ...problems(404, 503) },
      },
    },
    async (request) => {
      const caller = callerOf(request)
      const realm = await app.enter(caller, request.params.tenantId, request.params.communityId)
      const { skip = 0, limit = 100 } = request.query
      const { jobs, total } = await app.jobs.list(caller, realm, { skip, size: limit })
      return { jobs: jobs.map((job) => sayJob(app, job)), total }
    },
  )
  http.get(
    '/realms/:tenantId/:communityId/jobs/:id',
    {
      schema: {
        operationId: 'getJob',
        tags,
        summary: 'A job, with the messages that tell of it',
        params: JobPath,
        response: { 200: Job, ...problems(404, 503) },
      },
    },
    async (request) => {
      const caller = callerOf(request)
      const realm = await app.enter(caller, request.params.tenantId, request.params.communityId)
      const job = await app.jobs.get(caller, realm, request.params.id)
      const deliveries = await app.jobs.deliveries(caller, realm, job.id)
      return { ...sayJob(app, job), deliveries: deliveries.map(sayDelivery) }
    },
  )
  http.post(
    '/realms/:tenantId/:communityId/jobs/:id/cancel',
    {
      schema: {
        operationId: 'cancelJob',
        tags,
        summary: 'Cancel a job that has not ended',
        params: JobPath,
        response: { 200: Job, ...problems(404, 409, 503) },
      },
    },
    async (request) => {
      const caller = callerOf(request)
      const realm = await app.enter(caller, request.params.tenantId, request.params.communityId)
      return sayJob(app, await app.jobs.cancel(caller, realm, request.params.id))
    },
  )
  http.get(
    '/realms/:tenantId/:communityId/jobs/:id/file',
    {
      schema: {
        operationId: 'downloadFile',
        tags,
        summary: 'The file that a job made',
        params: JobPath,
        response: {
          200: { description: 'The file', content: { 'application/octet-stream': { schema: Type.Unknown() } } },
          ...problems(404, 503),
        },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request)
      const realm = await app.enter(caller, request.params.tenantId, request.params.communityId)
      const file = await app.jobs.file(caller, realm, request.params.id)
      return sendFile(reply.header('content-length', file.bytes), {
        mediaType: file.media,
        fileName: file.name,
        bytes: file.body,
      })
    },
  )
  http.post(
    '/realms/:tenantId/:communityId/deliveries/:id/resend',
    {
      schema: {
        operationId: 'resendDelivery',
        tags,
        summary: 'Send a message again that failed, or of which it is unknown whether it arrived',
        params: JobPath,
        response: { 200: Delivery, ...problems(404, 409, 503) },
      },
    },
    async (request) => {
      const caller = callerOf(request)
      const realm = await app.enter(caller, request.params.tenantId, request.params.communityId)
      return sayDelivery(await app.jobs.resend(caller, realm, request.params.id))
    },
  )
}
