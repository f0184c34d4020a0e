import { Agent, request } from 'node:http'

/** One answer and how long it took, in milliseconds, from the first byte sent to the last one read. */
export interface Timed {
  readonly ms: number
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

const agent = new Agent({ keepAlive: true })

/** Sends one request over a kept connection. */
export const timedCall = (call: {
  readonly port: number
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | string
}): Promise<Timed> =>
  new Promise((resolve, reject) => {
    const { port, method, path, body } = call
    const headers = { ...call.headers, host: `127.0.0.1:${port}`, 'content-length': String(Buffer.byteLength(body)) }
    const started = performance.now()
    const sent = request({ agent, host: '127.0.0.1', port, method, path, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const ms = performance.now() - started
        resolve({ ms, status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) })
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
