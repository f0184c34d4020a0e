import Type from 'typebox'
import type { RunSeen, SubscriptionSeen } from '../../app/subscriptions/subscription-uses.ts'
import { formatNames } from '../../core/format.ts'
import { writeInstant } from '../../core/instant.ts'
import { cadences } from '../../core/schedule.ts'
import type { Recipient } from '../../core/subscription.ts'
import { Instant } from './shapes.ts'

const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** An e-mail address or a webhook's. */
export const SentRecipient = Type.Union(
  [
    Type.Object({ email: Type.String({ description: 'An e-mail address.' }) }, { additionalProperties: false }),
    Type.Object(
      { url: Type.String({ description: "A webhook's address, http or https; it is called by POST and signed." }) },
      { additionalProperties: false },
    ),
  ],
  { description: 'Who gets the report: an e-mail address, or a webhook.' },
)
type SentRecipient = Type.Static<typeof SentRecipient>

export const readRecipient = (sent: SentRecipient): Recipient =>
  'email' in sent ? { channel: 'email', address: sent.email } : { channel: 'webhook', address: sent.url }

const sayRecipient = ({ channel, address }: Recipient): SentRecipient =>
  channel === 'email' ? { email: address } : { url: address }

/** What may be said of how a report is sent, when it is made and when it is changed. */
export const sendingMembers = {
  formats: Type.Array(Type.Enum([...formatNames]), {
    minItems: 1,
    maxItems: formatNames.length,
    description: 'The files to make.',
  }),
  period: Type.Enum([...cadences], {
    description: 'How often. The report covers the day, week (from Monday), month, quarter or year that ended.',
  }),
  time: Type.String({
    pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$',
    description: "When it goes out on the day after, `HH:MM` on the realm's clock; 06:00 when left out.",
  }),
  recipients: Type.Array(SentRecipient, { minItems: 1, maxItems: 100 }),
  paused: Type.Boolean({ description: 'Whether nothing is sent for now; what ends meanwhile is not made up for.' }),
}

export const Subscription = Type.Object({
  id: Type.String(),
  report: nullable(Type.String({ description: 'A report of the house.' })),
  definition: nullable(Type.String({ description: 'A definition of the realm, where it asks one.' })),
  params: Type.Record(Type.String(), Type.Unknown()),
  filter: nullable(Type.Object({}, { additionalProperties: true })),
  order: nullable(Type.Array(Type.String())),
  formats: Type.Array(Type.Enum([...formatNames])),
  period: Type.Enum([...cadences]),
  time: Type.String(),
  recipients: Type.Array(SentRecipient),
  paused: Type.Boolean(),
  owner: Type.String({ description: 'The user as whom its reports are made, with the rights of then.' }),
  signed: Type.Boolean({ description: 'Whether it has a secret that signs its webhooks.' }),
  timezone: Type.String({ description: "The realm's zone, on whose clock it runs." }),
  next: nullable(
    Type.Object(
      { period: Type.String(), from: Instant('Included.'), to: Instant('Not included.'), due: Instant('When.') },
      { description: 'The next report; null while it is paused.' },
    ),
  ),
  createdAt: Instant('When it was made.'),
  modifiedAt: Instant('When it was last changed.'),
})

export const Secret = nullable(
  Type.String({
    description:
      'The secret that signs its webhooks (Standard Webhooks, `whsec_`). It is told when it is made and never again.',
  }),
)

const Delivery = Type.Object({
  id: Type.String(),
  recipient: SentRecipient,
  state: Type.Enum(['pending', 'sending', 'sent', 'failed', 'unknown'], {
    description: '`unknown`: it was being sent when the process ended; it is sent again only by hand.',
  }),
  attempts: Type.Integer(),
  error: nullable(Type.String()),
  messageId: Type.String({ description: 'Of the e-mail, or the `webhook-id`; the same in every attempt.' }),
  createdAt: Instant('When it was put on its way.'),
  sentAt: nullable(Instant('When the other side took it.')),
})

export const Run = Type.Object(
  {
    id: Type.String(),
    period: Type.String({ description: 'Such as 2026-03-29, 2026-W13, 2026-03, 2026-Q1 or 2026.' }),
    from: Instant('Start of the period, included.'),
    to: Instant('End of the period, not included.'),
    timezone: Type.String(),
    byHand: Type.Boolean({ description: 'Whether it was asked for beside the schedule.' }),
    state: Type.Enum(['pending', 'running', 'delivered', 'failed', 'skipped']),
    reason: nullable(Type.String({ description: 'Why it failed or was skipped, or what the last attempt met.' })),
    attempts: Type.Integer(),
    rows: nullable(Type.Integer()),
    files: Type.Array(
      Type.Object({
        format: Type.Enum([...formatNames]),
        name: Type.String(),
        bytes: Type.Integer(),
        url: Type.String({ description: 'A signed link that opens it for a while.' }),
      }),
      { description: 'What was made, while it is kept.' },
    ),
    deliveries: Type.Array(Delivery),
    dueAt: Instant('When it was put on its way.'),
    startedAt: nullable(Instant('When its last attempt began.')),
    finishedAt: nullable(Instant('When it was made, failed or was skipped.')),
  },
  { description: 'A line of the ledger: what became of one period.' },
)

const instantOrNull = (at: number | null): string | null => (at === null ? null : writeInstant(at))

export const saySubscription = (one: SubscriptionSeen): Type.Static<typeof Subscription> => ({
  id: one.id,
  report: one.subject.report ?? null,
  definition: one.subject.definition ?? null,
  params: { ...one.question.params },
  filter: (one.question.wrote as Record<string, unknown> | null) ?? null,
  order: one.question.order && [...one.question.order],
  formats: [...one.formats],
  period: one.cadence,
  time: one.time,
  recipients: one.recipients.map(sayRecipient),
  paused: one.paused,
  owner: one.owner.user,
  signed: one.signed,
  timezone: one.aim.zone,
  next: one.next && {
    period: one.next.period.name,
    from: writeInstant(one.next.period.from),
    to: writeInstant(one.next.period.to),
    due: writeInstant(one.next.due),
  },
  createdAt: writeInstant(one.createdAt),
  modifiedAt: writeInstant(one.modifiedAt),
})

export const sayRun = (run: RunSeen): Type.Static<typeof Run> => ({
  id: run.id,
  period: run.period.replace(/#.*$/, ''),
  from: writeInstant(run.from),
  to: writeInstant(run.to),
  timezone: run.zone,
  byHand: run.byHand,
  state: run.state,
  reason: run.reason,
  attempts: run.attempts,
  rows: run.rows,
  files: run.files.map(({ format, name, bytes, link }) => ({ format, name, bytes, url: link })),
  deliveries: run.deliveries.map((delivery) => ({
    id: delivery.id,
    recipient: sayRecipient(delivery),
    state: delivery.state,
    attempts: delivery.attempts,
    error: delivery.error,
    messageId: delivery.messageId,
    createdAt: writeInstant(delivery.createdAt),
    sentAt: instantOrNull(delivery.sentAt),
  })),
  dueAt: writeInstant(run.dueAt),
  startedAt: instantOrNull(run.startedAt),
  finishedAt: instantOrNull(run.finishedAt),
})
