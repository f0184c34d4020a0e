import { Fault } from '../../../core/fault.ts'

const sentences = {
  rows: 'The inbox holds as many waiting events as it may; see why the event store does not take them, or raise the limit of waiting events',
  bytes:
    'The inbox holds as many waiting bytes as it may; see why the event store does not take them, or raise the limit of waiting bytes',
  disk: 'The disk that holds the inbox has too little room left; free some there, and events are taken again',
} as const

/** The fault of an inbox that takes nothing more, with what its operator can do. */
export const inboxFull = (why: keyof typeof sentences, options?: ErrorOptions): Fault<'inbox-full'> =>
  new Fault('inbox-full', { why, retryAfterSeconds: why === 'disk' ? 30 : 5 }, sentences[why], options)
