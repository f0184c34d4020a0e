import http from 'node:http'
import { syncBuiltinESMExports } from 'node:module'

/** One request that the server sent to its engine, as it went over the wire. */
export interface Recorded {
  readonly method: string
  readonly port: number
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  /** When it was sent and when its answer was complete, so that what was asked at once is asked at once again. */
  readonly sent: number
  ended: number
}

/** Watches what this process asks of the engine, so that a bench can ask the very same without the server. */
export interface Recorder {
  /** Headers of the engine's writing user, and its port. */
  engine(): { readonly port: number; readonly headers: Readonly<Record<string, string>> }
  start(): void
  /** What was sent since the start, in order. */
  stop(): readonly Recorded[]
}

const headersOf = (request: http.ClientRequest): Record<string, string> => {
  const kept = Object.entries(request.getHeaders()).filter(([name]) => !/^(connection|transfer-encoding)$/i.test(name))
  return Object.fromEntries(kept.map(([name, value]) => [name.toLowerCase(), String(value)]))
}

const isApp = (headers: Readonly<Record<string, string>>): boolean =>
  Buffer.from((headers.authorization ?? '').replace(/^Basic /, ''), 'base64')
    .toString()
    .startsWith('app:')

/** Puts itself between this process and `http.request`; to be called before the server is opened. */
export const installRecorder = (): Recorder => {
  const real = http.request
  let recorded: Recorded[] | undefined
  let engine: ReturnType<Recorder['engine']> | undefined

  const watch = (request: http.ClientRequest): http.ClientRequest => {
    const chunks: Uint8Array[] = []
    const keep = (chunk: unknown): void => {
      if (recorded && (typeof chunk === 'string' || chunk instanceof Uint8Array)) chunks.push(Buffer.from(chunk))
    }
    const { write, end } = request
    request.write = ((chunk: unknown, ...rest: unknown[]) => {
      keep(chunk)
      return Reflect.apply(write, request, [chunk, ...rest])
    }) as typeof write
    request.end = ((chunk: unknown, ...rest: unknown[]) => {
      keep(chunk)
      const headers = headersOf(request)
      const port = Number(/:(\d+)$/.exec(String(request.getHeader('host')))?.[1] ?? 80)
      if (!engine && isApp(headers))
        engine = {
          port,
          headers: Object.fromEntries(
            Object.entries(headers).filter(([name]) => /^(authorization|x-rollcall-key)$/.test(name)),
          ),
        }
      if (recorded) {
        const { method, path } = request
        const body = Buffer.concat(chunks)
        const one = { method, port, path, headers, body, sent: performance.now(), ended: Number.POSITIVE_INFINITY }
        recorded.push(one)
        request.once('response', (response) => response.once('end', () => (one.ended = performance.now())))
      }
      return Reflect.apply(end, request, [chunk, ...rest])
    }) as typeof end
    return request
  }

  http.request = ((...args: unknown[]) => watch(Reflect.apply(real, http, args))) as typeof real
  syncBuiltinESMExports()
  return {
    engine() {
      if (!engine) throw new Error('The server has not asked its engine for anything yet')
      return engine
    },
    start() {
      recorded = []
    },
    stop() {
      const kept = recorded ?? []
      recorded = undefined
      return kept
    },
  }
}
