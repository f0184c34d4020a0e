import { predefinedOfId } from '../../core/definition.ts'
import { type Issue, invalid } from '../../core/fault.ts'
import { type Known, resolve } from './references.ts'

/** One request of a batch, as it was sent. */
export interface BatchRequest {
  readonly id: string
  readonly method: string
  readonly endpoint: string
  readonly params?: Readonly<Record<string, unknown>> | undefined
  readonly data?: unknown
  readonly atomic?: boolean | undefined
}

/** What a request answered. */
export type BatchAnswer = { readonly id: string; readonly status: number } & Readonly<Record<string, unknown>>

/** Does one request as the caller of the batch; answers its status and body. */
export type Perform = (
  method: string,
  path: string,
  data?: unknown,
) => Promise<{ readonly status: number; readonly body: Readonly<Record<string, unknown>> }>

const ID = /^[A-Za-z0-9:_-]{1,128}$/
const METHODS: ReadonlySet<string> = new Set(['GET', 'POST', 'PATCH', 'DELETE'])
export const MOST_REQUESTS = 100

/** @throws Fault `invalid` naming each request that is not one */
export const refuseRequests = (requests: readonly BatchRequest[]): void => {
  const issues: Issue[] = []
  const seen = new Set<string>()
  for (const { id, method, endpoint } of requests) {
    const refuse = (name: string, rule: string, message: string) =>
      issues.push({ where: 'body', name: `requests.${id}.${name}`, rule, message })
    if (!ID.test(id)) refuse('id', 'format', 'An id has letters, digits and : _ - only')
    if (seen.has(id)) refuse('id', 'duplicate', `Two requests are called ${id}`)
    seen.add(id)
    if (!METHODS.has(method.toUpperCase())) refuse('method', 'unknown', 'method is GET, POST, PATCH or DELETE')
    if (!/^\/?[^?#]*$/.test(endpoint) || /(?:^|\/)\.\.?(?:\/|$)/.test(endpoint))
      refuse('endpoint', 'format', 'endpoint is a path under /api/v2; parameters go into params')
    if (/^\/*batch(?:\/|$)/.test(endpoint)) refuse('endpoint', 'unknown', 'A batch holds no other batch')
  }
  if (requests.length > MOST_REQUESTS)
    issues.push({
      where: 'body',
      name: 'requests',
      rule: 'size',
      message: `A batch has at most ${MOST_REQUESTS} requests`,
    })
  if (issues.length > 0) throw invalid(issues)
}

const pathOf = (endpoint: string, params: Readonly<Record<string, unknown>>): string => {
  const search = new URLSearchParams(
    Object.entries(params).map(([name, value]): [string, string] => [name, String(value)]),
  ).toString()
  const path = endpoint
    .replace(/^\/*/, '/')
    .split('/')
    .map((part) => encodeURIComponent(part))
    .join('/')
  return search === '' ? path : `${path}?${search}`
}

/** How a change is taken back; undefined when there is nothing to take back. */
type Undo = (() => Promise<unknown>) | undefined

const definition = /^\/report\/defined\/[^/]+$/

/** Where a GET stands for the DELETE that comes last: whatever can be read by it can be deleted. */
const deletable = (path: string): boolean =>
  predefinedOfId(definition.exec(path)?.[0].split('/')[3] ?? '') === undefined

/** What a made object is called by its path. */
const madeAt = (path: string, body: Readonly<Record<string, unknown>>): string | undefined => {
  const made = Object.values(body).find((value) => typeof value === 'object' && value !== null)
  const id = made && (made as { id?: unknown }).id
  return typeof id === 'string' ? `${path}/${id}` : undefined
}

/** Does a request that may have to be taken back, and answers how. */
const performUndoable = async (perform: Perform, method: string, path: string, data: unknown) => {
  const before = method === 'PATCH' && definition.test(path) ? await perform('GET', path) : undefined
  const answer = await perform(method, path, data)
  const undo = (): Undo => {
    if (answer.status >= 400) return undefined
    const made = method === 'POST' ? madeAt(path, answer.body) : undefined
    if (made !== undefined) return () => perform('DELETE', made)
    const { title, query_filter = null, query_order = null } = (before?.body.defined_report ?? {}) as Known
    return before?.status === 200 ? () => perform('PATCH', path, { title, query_filter, query_order }) : undefined
  }
  return { answer, undo: undo() }
}

/**
 * Does the requests of a batch in their order. When an atomic one fails, everything that atomic ones did before is taken
 * back and nothing more is done. What atomic ones delete is deleted last, when all others have succeeded, since it could
 * not be taken back.
 */
export const runBatch = async (
  perform: Perform,
  requests: readonly BatchRequest[],
  variables: Known,
  allAtomic: boolean,
): Promise<{ readonly failed: string | undefined; readonly answers: readonly BatchAnswer[] }> => {
  const known: Record<string, unknown> = { ...variables }
  const answers: BatchAnswer[] = []
  const undos: (() => Promise<unknown>)[] = []
  const last: { readonly at: number; readonly id: string; readonly path: string }[] = []
  const takeBack = async (failed: string) => {
    for (const undo of undos.reverse()) await undo()
    return { failed, answers }
  }
  for (const request of requests) {
    const { id } = request
    const atomic = request.atomic ?? allAtomic
    const missing: string[] = []
    const said = resolve(
      { endpoint: request.endpoint, params: request.params ?? {}, data: request.data },
      known,
      missing,
    )
    const { endpoint, params, data } = said as { endpoint: string; params: Known; data: unknown }
    const method = request.method.toUpperCase()
    const path = pathOf(endpoint, params)
    const waits = atomic && method === 'DELETE' && deletable(path)
    const { answer, undo } =
      missing.length > 0
        ? { answer: unknownReference(missing), undo: undefined }
        : await performUndoable(perform, waits ? 'GET' : method, path, data)
    const body = waits && answer.status < 400 ? { result: 'success' } : answer.body
    answers.push({ id, result: answer.status < 400 ? 'success' : 'failure', status: answer.status, ...body })
    known[id] = body
    if (answer.status >= 400 && atomic) return takeBack(id)
    if (atomic && undo) undos.push(undo)
    if (waits) last.push({ at: answers.length - 1, id, path })
  }
  // Definitions first: a role that may not delete those is told before anything else is gone.
  for (const { at, id, path } of [...last].sort(
    (a, b) => Number(definition.test(b.path)) - Number(definition.test(a.path)),
  )) {
    const { status, body } = await perform('DELETE', path)
    // What was there and is not any more went with its definition, or by another request: it is gone, as was asked.
    if (status < 400 || status === 404) continue
    answers[at] = { id, result: 'failure', status, ...body }
    return takeBack(id)
  }
  return { failed: undefined, answers }
}

const unknownReference = (missing: readonly string[]) => ({
  status: 400,
  body: {
    result: 'failure',
    message: `Nothing stands for ${missing.map((name) => `{${name}}`).join(', ')}; name a variable, or a request before this one`,
  },
})
