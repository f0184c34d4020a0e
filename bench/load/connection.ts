import { createConnection, type Socket } from 'node:net'

/** A keep-alive connection that sends one prepared request at a time and reads its answer. */
export interface Connection {
  /** Sends a whole request; resolves with nothing, `done` is called with the status when the answer is complete. */
  send(request: Uint8Array, done: (status: number) => void): void
  close(): void
}

const HEAD_END = Buffer.from('\r\n\r\n')
const LAST_CHUNK = '0\r\n\r\n'

/** Bytes of a complete answer at the start of `bytes`; undefined while some are missing. */
const answerLength = (bytes: Buffer): number | undefined => {
  const end = bytes.indexOf(HEAD_END)
  if (end < 0) return undefined
  const head = bytes.toString('latin1', 0, end).toLowerCase()
  const at = head.indexOf('content-length:')
  if (at >= 0) {
    const total = end + 4 + Number.parseInt(head.slice(at + 15), 10)
    return bytes.length >= total ? total : undefined
  }
  if (!head.includes('transfer-encoding: chunked')) return end + 4
  return bytes.toString('latin1', bytes.length - LAST_CHUNK.length) === LAST_CHUNK ? bytes.length : undefined
}

/** Opens a connection to a port of this machine; `broken` is called when it ends by itself. */
export const connect = (port: number, broken: (error: Error) => void): Promise<Connection> =>
  new Promise((resolve, reject) => {
    let waiting: ((status: number) => void) | undefined
    let held: Buffer | undefined
    let closing = false
    const socket: Socket = createConnection({ host: '127.0.0.1', port, noDelay: true })
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      socket.on('error', broken)
      socket.on('close', () => {
        if (!closing) broken(new Error('The server closed a connection'))
      })
      resolve({
        send(request, done) {
          waiting = done
          socket.write(request)
        },
        close() {
          closing = true
          socket.destroy()
        },
      })
    })
    socket.on('data', (chunk: Buffer) => {
      const bytes = held ? Buffer.concat([held, chunk]) : chunk
      const length = answerLength(bytes)
      held = length === undefined ? bytes : undefined
      if (length === undefined) return
      const done = waiting
      waiting = undefined
      done?.(Number.parseInt(bytes.toString('latin1', 9, 12), 10))
    })
  })
