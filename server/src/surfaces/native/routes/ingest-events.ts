import { Readable } from 'node:stream'
import type {} from '@fastify/compress'
import Type from 'typebox'
import { Fault, type Issue as IssueValue, invalid } from '../../../core/fault.ts'
import type { FaultAnswer, SurfaceContext } from '../../../http/surface.ts'
import { arrayElements } from '../array-text.ts'
import { ALL_RESULTS, type Batch, openBatch, type Tally } from '../batch.ts'
import { answerProblem } from '../errors.ts'
import { linesOf } from '../line-stream.ts'
import type { RouteParts } from '../route.ts'
import { bodyFault, readText, readUtf8, unpacked } from '../sent-body.ts'
import { Issue, problems, RealmPath } from '../shapes.ts'

const lineTypes = ['application/x-ndjson', 'application/ndjson', 'application/jsonl'] as const

const NativeEvent = Type.Object(
  {
    event_name: Type.String({ minLength: 1 }),
    event_id: Type.Optional(Type.String({ description: 'Sent again with the same body it counts once.' })),
    timestamp: Type.Optional(
      Type.Union([Type.String(), Type.Number()], {
        description: 'ISO 8601 (UTC unless it names an offset) or epoch milliseconds; now when left out.',
      }),
    ),
    outcome: Type.Optional(Type.Enum(['success', 'failure', 'unknown'])),
    category: Type.Optional(Type.String()),
    kind: Type.Optional(Type.Enum(['event', 'transaction'])),
    user_id: Type.Optional(Type.String()),
    application: Type.Optional(Type.String()),
  },
  {
    additionalProperties: true,
    description:
      'Also `action` and the columns `actor_type`, `actor_id`, `login_id`, `person_id`, `device_id`, `session_id`, `auth_method`, `auth_module`, `reason`, `object_type`, `object_id`, `ip` (texts). Every other field is kept as it was sent and can be searched. An `event_name` that is one of the actions, such as `login`, is that action.',
  },
)

const Result = Type.Object({
  index: Type.Integer({ description: 'Place in the batch, from 0.' }),
  line: Type.Optional(Type.Integer({ description: 'Line of the stream, from 1.' })),
  outcome: Type.Enum(['accepted', 'duplicate', 'refused']),
  event_id: Type.Optional(Type.String()),
  seq: Type.Optional(Type.Integer({ description: 'Its number in commit order.' })),
  issues: Type.Optional(Type.Array(Issue)),
})

const Batched = Type.Object({
  accepted: Type.Integer(),
  duplicate: Type.Integer(),
  refused: Type.Integer(),
  resultsOf: Type.Enum(['all', 'refused'], {
    description: `Of more than ${ALL_RESULTS} items only the refused ones are answered.`,
  }),
  results: Type.Array(Result),
})

const sayTally = (tally: Tally) => ({
  accepted: tally.accepted,
  duplicate: tally.duplicate,
  refused: tally.refused,
  resultsOf: tally.accepted + tally.duplicate + tally.refused > ALL_RESULTS ? ('refused' as const) : ('all' as const),
  results: tally.results.map(({ issues, ...result }) => ({
    ...result,
    ...(issues ? { issues: issues.map((issue) => ({ ...issue })) } : {}),
  })),
})

const lineIssue = (rule: string, message: string): IssueValue => ({ where: 'event', name: '', rule, message })

const takeLines = async (body: Readable, batch: Batch, context: SurfaceContext): Promise<void> => {
  const { bytes } = context.app.eventLimits
  for await (const line of linesOf(body, bytes, context.limits.bodyBytes)) {
    if (line.bytes === null)
      await batch.refuse(lineIssue('size', `The event is larger than ${bytes} bytes`), line.number)
    else {
      const text = readLine(line.bytes)
      if (text === undefined) await batch.refuse(lineIssue('format', 'The event is not valid UTF-8'), line.number)
      else await batch.add(text, line.number)
    }
  }
  await batch.finish()
}

const readLine = (bytes: Buffer): string | undefined => {
  try {
    return readUtf8(bytes).trim()
  } catch {
    return undefined
  }
}

const takeArray = async (text: string, batch: Batch, most: number): Promise<void> => {
  const elements = arrayElements(text)
  if (!elements)
    throw invalid([{ where: 'body', name: '', rule: 'format', message: 'The body is not a valid JSON array' }])
  if (elements.length > most)
    throw new Fault(
      'too-large',
      { what: 'array', limit: most, unit: 'events' },
      `The array holds more than ${most} events; send a stream of lines (application/x-ndjson) instead`,
    )
  for (const [from, to] of elements) await batch.add(text.slice(from, to))
  await batch.finish()
}

const takeObject = async (text: string, batch: Batch): Promise<void> => {
  if (text === '')
    throw invalid([{ where: 'body', name: '', rule: 'required', message: 'The body is empty; send JSON' }])
  await batch.add(text)
  await batch.finish()
  const [result] = batch.tally.results
  if (result?.outcome !== 'refused') return
  const issues = result.issues ?? []
  const conflict = issues.find((issue) => issue.rule === 'conflict' && issue.name === 'event_id')
  if (conflict) throw new Fault('conflict', { what: 'event', id: conflict.name, why: 'content' }, conflict.message)
  throw invalid(issues)
}

/** The problem of a batch that broke off, with what was settled before: that stays, and need not be sent again. */
const brokenOff = (fault: Fault, tally: Tally): FaultAnswer => {
  const answer = answerProblem(fault)
  const { accepted, duplicate, refused, settled } = tally
  if (accepted + duplicate === 0) return answer
  return { ...answer, body: { ...answer.body, accepted, duplicate, refused, settled } }
}

/** @throws Fault `invalid` when nothing was sent at all */
const sentBody = (body: unknown): Readable => {
  if (body instanceof Readable) return body
  throw invalid([{ where: 'body', name: '', rule: 'required', message: 'The body is empty; send JSON' }])
}

const about = [
  'One event (`application/json`, an object), several (an array), or a stream of lines of any length (`application/x-ndjson`, one event each), each of them also with `Content-Encoding: gzip`.',
  'An event is durable when it is answered as accepted. Events are committed in groups of at most 1,000 while the body is still being read: should the connection or the server break, the groups before stay, and a problem document then says how many were accepted and, in `settled`, up to which line or item; send the rest again, or all of it with `event_id`s, which count once.',
  'A single event that is refused answers 400, or 409 when its `event_id` was sent before with another content; in a batch each refused item is told with its issues, and the answer is 200.',
].join('\n\n')

/** Taking events in. Bodies are read as streams here, so that memory stays bounded and texts stay as they were sent. */
export const ingestEventsRoute = async ({ http, context, callerOf }: RouteParts): Promise<void> => {
  await http.register(async (instance) => {
    instance.removeAllContentTypeParsers()
    instance.addContentTypeParser(['application/json', ...lineTypes], (_request, body, done) => done(null, body))
    instance.post(
      '/realms/:tenantId/:communityId/events',
      {
        decompress: false,
        // The body is judged event by event; only the path is checked here.
        validatorCompiler: ({ schema, httpPart }) =>
          httpPart === 'body'
            ? () => true
            : (instance.validatorCompiler?.({ schema, httpPart } as never) ?? (() => true)),
        schema: {
          operationId: 'ingestEvents',
          tags: ['Events'],
          summary: 'Send events',
          description: about,
          params: RealmPath,
          body: {
            content: {
              'application/json': { schema: Type.Union([NativeEvent, Type.Array(NativeEvent)]) },
              'application/x-ndjson': { schema: Type.String({ description: 'One JSON object per line.' }) },
            },
          },
          response: { 200: Batched, ...problems(404, 409, 413, 503) },
        },
      },
      async (request, reply) => {
        const caller = callerOf(request)
        const { tenantId, communityId } = request.params as { tenantId: string; communityId: string }
        const realm = await context.app.enter(caller, tenantId, communityId)
        const batch = openBatch(context.app, caller, realm)
        try {
          const body = unpacked(sentBody(request.body), request.headers['content-encoding'], context.limits.bodyBytes)
          const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
          if (type !== 'application/json') await takeLines(body, batch, context)
          else {
            const text = (await readText(body, context.limits.bodyBytes)).trim()
            if (text.startsWith('[')) await takeArray(text, batch, context.limits.batchEvents)
            else await takeObject(text, batch)
          }
        } catch (thrown) {
          await batch.quiet()
          const error = bodyFault(thrown)
          if (!(error instanceof Fault)) throw error
          const answer = brokenOff(error, batch.tally)
          // The rest of the body was not read: the connection cannot serve another request.
          reply.code(answer.status as 200).headers({ ...answer.headers, connection: 'close' })
          return reply.serializer((value: unknown) => JSON.stringify(value)).send(answer.body as never)
        }
        return sayTally(batch.tally)
      },
    )
  })
}
