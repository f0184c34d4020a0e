import { request } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { lineOf } from '../workload/event.ts'

export interface StreamRun {
  readonly port: number
  readonly path: string
  readonly key: string
  readonly run: string
  readonly events: number
  /** Streams at once; each takes its part of the events. */
  readonly streams: number
  /** Days before now over which the events are spread. */
  readonly days: number
  /** Whether everything is made before the first byte is sent; else as it goes, which needs no memory. */
  readonly prepared: boolean
}

/** What streaming showed; times are epoch milliseconds. */
export interface StreamFigures {
  readonly begun: number
  readonly acknowledged: number
  /** When each quarter of the first stream had been handed to the connection. */
  readonly quarters: readonly number[]
}

const LINES_PER_CHUNK = 64

const chunks = function* (about: StreamRun, from: number, to: number, quarters?: number[]): Generator<Buffer> {
  const until = Date.now()
  for (let at = from; at < to; at += LINES_PER_CHUNK) {
    let text = ''
    for (let n = at; n < Math.min(at + LINES_PER_CHUNK, to); n++) text += lineOf(about.run, n, until, about.days)
    yield Buffer.from(text)
    while (quarters && quarters.length < 4 && at + LINES_PER_CHUNK - from >= ((quarters.length + 1) * (to - from)) / 4)
      quarters.push(Date.now())
  }
}

/** Streams lines as one request. @throws Error unless each was accepted */
const send = async (about: StreamRun, body: Iterable<Buffer>, events: number): Promise<void> => {
  const answered = Promise.withResolvers<string>()
  const sent = request(
    {
      host: '127.0.0.1',
      port: about.port,
      method: 'POST',
      path: about.path,
      headers: { authorization: `Bearer ${about.key}`, 'content-type': 'application/x-ndjson' },
    },
    (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => answered.resolve(text))
    },
  )
  sent.on('error', answered.reject)
  await pipeline(Readable.from(body), sent)
  const text = await answered.promise
  if (JSON.parse(text).accepted !== events) throw new Error(`A stream was answered with ${text.slice(0, 500)}`)
}

/** Streams events of the native API and waits until they are acknowledged. */
export const runStreams = async (about: StreamRun): Promise<StreamFigures> => {
  const quarters: number[] = []
  const share = Math.ceil(about.events / about.streams)
  const parts = Array.from({ length: about.streams }, (_, index) => {
    const [from, to] = [index * share, Math.min((index + 1) * share, about.events)]
    const made = chunks(about, from, to, index === 0 ? quarters : undefined)
    return { body: about.prepared ? [...made] : made, events: to - from }
  })
  const begun = Date.now()
  await Promise.all(parts.map(({ body, events }) => send(about, body, events)))
  return { begun, acknowledged: Date.now(), quarters }
}
