import { uuidv7 } from 'uuidv7'
import type { JobRecord, NewDelivery } from '../../ports/jobs.ts'
import { addressOf, type MessageWords, sayMessage } from './message.ts'

/** The messages that tell each address of a job's file. */
export const announce = (job: JobRecord, notify: readonly string[], words: MessageWords): readonly NewDelivery[] =>
  notify.map((address) => {
    const id = uuidv7()
    return {
      id,
      owner: { kind: 'job', id: job.id },
      channel: 'email',
      address,
      messageId: `${id}@${addressOf(words.link)}`,
      message: sayMessage(words),
    }
  })
