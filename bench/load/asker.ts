import { randomUUID } from 'node:crypto'
import { type Client, connect } from '../../server/test/surfaces/onekosmos/client.ts'
import { playRole } from '../roles/play.ts'
import type { Recorded } from '../rollcall/recorder.ts'
import type { RealmId } from '../rollcall/rollcall.ts'
import { timedCall } from './call.ts'
import { median } from './figures.ts'

/** A server under test, and who asks it. */
export interface Asking {
  readonly port: number
  readonly licence: string
  readonly realm: RealmId
}

export interface OwnQuestion {
  readonly asking: Asking
  readonly name: string
  readonly body: unknown
}

/** How long one answer took, in milliseconds, and what it held. */
export interface AnswerFigures {
  readonly ms: number
  /** Rows of the answer, and of all pages where it tells. */
  readonly rows: number
  readonly total: number | undefined
}

export interface AskerAsks extends Record<string, (about: never) => unknown> {
  own(question: OwnQuestion): Promise<AnswerFigures>
  rival(question: { port: number; licence: string; name: string; body: unknown }): Promise<AnswerFigures>
  replay(requests: readonly Recorded[]): Promise<{ ms: number; rowsRead: number }>
  begin(about: { questions: readonly OwnQuestion[]; atOnce: number }): void
  end(about: null): Promise<{ answers: number; p50: number }>
}

const clients = new Map<number, Promise<Client>>()
const clientOf = (asking: Asking): Promise<Client> => {
  const known = clients.get(asking.port)
  const service = `http://127.0.0.1:${asking.port}/reports`
  const client = known ?? connect({ service, licence: asking.licence })
  clients.set(asking.port, client)
  return client
}

const read = (timed: { ms: number; status: number; body: Buffer }): AnswerFigures => {
  if (timed.status !== 200) throw new Error(`A question was answered with ${timed.status}: ${timed.body}`)
  const answer = JSON.parse(timed.body.toString()) as { data: unknown[]; total?: number; page?: { total: number } }
  return { ms: timed.ms, rows: answer.data.length, total: answer.page?.total ?? answer.total }
}

const askOwn: AskerAsks['own'] = async ({ asking, name, body }) => {
  const headers = (await clientOf(asking)).headers()
  const path = `/reports/tenant/${asking.realm.tenantId}/community/${asking.realm.communityId}/${name}`
  return read(await timedCall({ port: asking.port, method: 'POST', path, headers, body: JSON.stringify(body) }))
}

/** Requests that were under way together. */
const together = (requests: readonly Recorded[]): Recorded[][] => {
  const groups: Recorded[][] = []
  for (const request of requests) {
    const group = groups.at(-1)
    if (group && request.sent < Math.max(...group.map(({ ended }) => ended))) group.push(request)
    else groups.push([request])
  }
  return groups
}

/** Sends what the server sent to its engine once more, each under a query id of its own. */
const replay: AskerAsks['replay'] = async (requests) => {
  let rowsRead = 0
  const begun = performance.now()
  for (const group of together(requests)) {
    const answers = await Promise.all(
      group.map((request) =>
        timedCall({ ...request, path: request.path.replace(/query_id=[^&]*/, `query_id=bench-${randomUUID()}`) }),
      ),
    )
    for (const { status, headers, body } of answers) {
      if (status !== 200) throw new Error(`The engine answered ${status}: ${body}`)
      rowsRead += Number(JSON.parse(String(headers['x-clickhouse-summary'] ?? '{}')).read_rows ?? 0)
    }
  }
  return { ms: performance.now() - begun, rowsRead }
}

/** Who asks questions: of the server under test, of the rival, and of the engine without the server. */
await playRole<unknown, null, AskerAsks>(async () => {
  let going = false
  let loops: Promise<unknown> = Promise.resolve()
  let times: number[] = []
  return {
    ready: null,
    asks: {
      own: askOwn,
      replay,
      async rival({ port, licence, name, body }) {
        const headers = { 'content-type': 'application/json', licensekey: licence }
        return read(
          await timedCall({ port, method: 'POST', path: `/reports/${name}`, headers, body: JSON.stringify(body) }),
        )
      },
      begin({ questions, atOnce }) {
        going = true
        times = []
        const loop = async (_: unknown, first: number): Promise<void> => {
          for (let next = first; going; next++) {
            const question = questions[next % questions.length]
            if (question) times.push((await askOwn(question)).ms)
          }
        }
        loops = Promise.all(Array.from({ length: atOnce }, loop))
        loops.catch(() => undefined)
      },
      async end() {
        going = false
        await loops
        return { answers: times.length, p50: median(times) }
      },
    },
    close: async () => undefined,
  }
})
