import type { FastifyReply } from 'fastify'
import type { Answered } from '../../app/app.ts'

/** Says in headers that acknowledged events were not searchable in time, and up to which number they were. */
export const sayIncomplete = (
  reply: { header: FastifyReply['header'] },
  answered: Pick<Answered, 'incomplete'>,
): void => {
  if (!answered.incomplete) return
  reply.header('rollcall-incomplete', 'true')
  reply.header('rollcall-watermark', String(answered.incomplete.watermark))
}
