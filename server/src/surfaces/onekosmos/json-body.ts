import { isUtf8 } from 'node:buffer'
import type { FastifyRequest } from 'fastify'
import type { Issue } from '../../core/fault.ts'
import { type EventLimits, inspectEvent } from '../../core/json-text.ts'
import type { Members } from '../../core/members.ts'
import type { Http, SurfaceContext } from '../../http/surface.ts'

/** A JSON body together with the text that it came as, or what is wrong with it. */
export type SentJson =
  | {
      readonly ok: true
      readonly text: string
      readonly value: Record<string, unknown>
      readonly members: () => Members
    }
  | { readonly ok: false; readonly issue: Issue }

declare module 'fastify' {
  interface FastifyRequest {
    sentJson: SentJson | null
  }
}

export const bodyIssue = (name: string, rule: string, message: string): Issue => ({
  where: 'body',
  name,
  rule,
  message,
})

/** The words of the live service for a field that must be there. */
export const emptyField = (name: string): Issue => bodyIssue(name, 'required', 'This field should not be empty')

const sentences: Readonly<Record<string, string>> = {
  size: 'The body has too many fields, or a name that is too long',
  depth: 'The body nests too deep',
  format: 'The body is not valid JSON',
  type: 'The body should be a JSON object',
}

const inspect = (payload: Buffer, limits: EventLimits): SentJson => {
  if (!isUtf8(payload)) return { ok: false, issue: bodyIssue('', 'format', 'The body is not valid UTF-8') }
  const text = payload.toString('utf8')
  const found = inspectEvent(text, limits)
  if (found.ok) return { ok: true, text, value: found.value, members: found.members }
  const { name, rule, message } = found.issue
  // What is wrong with a member of the body is told as it is; the sentences speak of the body as a whole.
  return { ok: false, issue: bodyIssue(name, rule, (name === '' ? sentences[rule] : undefined) ?? message) }
}

/**
 * The largest body of this dialect in bytes: one event, encrypted or escaped, and what stands around it. Bodies are
 * read before the licence is looked up, since all mistakes are told at once; so nobody may make that dear.
 */
export const largestBody = ({ app, limits }: SurfaceContext): number =>
  Math.min(limits.bodyBytes, 2 * app.eventLimits.bytes + 65_536)

/**
 * Reads every body as JSON, whatever its content type says, and keeps the text beside the value. What is wrong with
 * it is kept too and told together with what is wrong with the headers.
 */
export const keepJsonBodies = (http: Http, context: SurfaceContext): void => {
  const { eventLimits } = context.app
  // An event stands one level deeper inside a body, beside a few names of the wrapper's own.
  const bodyLimit = largestBody(context)
  const limits = {
    bytes: bodyLimit,
    depth: eventLimits.depth + 1,
    keys: eventLimits.keys + 16,
    nameLength: eventLimits.nameLength,
  }
  http.decorateRequest('sentJson', null)
  http.removeAllContentTypeParsers()
  http.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (request, payload, done) => {
    if (payload.length === 0) return done(null, undefined)
    const sent = inspect(payload as Buffer, limits)
    request.sentJson = sent
    done(null, sent.ok ? sent.value : null)
  })
}

/** The body's fields; none when nothing was sent, or when it cannot be read, which is told as an issue. */
export const fieldsOf = (request: FastifyRequest, issues: Issue[]): Readonly<Record<string, unknown>> => {
  const sent = request.sentJson
  if (!sent) return {}
  if (sent.ok) return sent.value
  issues.push(sent.issue)
  return {}
}
