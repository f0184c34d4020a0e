import { maxHeaderSize, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'

const known: Readonly<Record<string, readonly [status: number, detail: string]>> = {
  HPE_HEADER_OVERFLOW: [431, `The headers are larger than ${maxHeaderSize} bytes together; send less in them.`],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not come in time; send it again.'],
}

/** Answers what cannot be read as a request of HTTP, and ends its connection; no surface is known yet. */
export const answerClientError = (error: NodeJS.ErrnoException, socket: Socket): void => {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  const [status, detail] = known[error.code ?? ''] ?? [
    400,
    `This is no request that HTTP/1.1 allows (${error.code ?? error.message}); correct its first line or its headers.`,
  ]
  const body = JSON.stringify({ status, title: STATUS_CODES[status], detail })
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'content-type: application/json; charset=utf-8',
    'connection: close',
  ]
  if (socket.writable) socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
  socket.destroy(error)
}
