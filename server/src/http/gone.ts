import type { FastifyReply } from 'fastify'

/**
 * Aborts when the asker has gone before the answer is there, and never otherwise: the answer's own connection tells. A
 * request's own signal tells nothing of it, since it follows the body, which has been read long before.
 */
export const goneOf = ({ raw }: { readonly raw: FastifyReply['raw'] }): AbortSignal => {
  const gone = new AbortController()
  const end = (): void => {
    if (!raw.writableFinished) gone.abort()
  }
  if (raw.closed || raw.destroyed) end()
  else raw.once('close', end)
  return gone.signal
}
