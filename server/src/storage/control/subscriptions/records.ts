import { mintRealm, type Realm } from '../../../core/realm.ts'
import type { Question, Recipient, RunFile, Sending, Subject } from '../../../core/subscription.ts'
import type { Aim, NewRun, NewSubscription, RunRecord, SubscriptionRecord } from '../../../ports/subscriptions.ts'
import type { Tables } from '../tables.ts'
import { withoutNul } from '../text.ts'

type Row = Tables['subscription']
type RunRow = Tables['subscription_run']

const write = (value: unknown): string => withoutNul(JSON.stringify(value))

const subjectOf = (row: Pick<Row, 'report' | 'definition'>): Subject =>
  row.definition === null ? { report: row.report ?? '' } : { definition: row.definition }

export const toSubscription = (row: Row): SubscriptionRecord => ({
  id: row.id,
  realm: mintRealm(row.tenant_id, row.community_id),
  owner: { user: row.owner_user, key: row.owner_key },
  subject: subjectOf(row),
  question: JSON.parse(row.question) as Question,
  formats: JSON.parse(row.formats) as Sending['formats'],
  recipients: JSON.parse(row.recipients) as Recipient[],
  signed: row.sealed_secret !== null,
  cadence: row.cadence,
  time: row.due_time,
  paused: row.paused === 1,
  aim: { zone: row.zone, standing: { start: row.next_start, covered: row.covered }, due: row.next_due },
  createdBy: row.created_by,
  createdAt: row.created_at,
  modifiedAt: row.modified_at,
})

export const aimColumns = ({ zone, standing, due }: Aim) => ({
  zone,
  next_start: standing.start,
  covered: standing.covered,
  next_due: due,
})

export const sendingColumns = (said: Partial<Sending & { question: Question }>) => ({
  ...(said.question === undefined ? {} : { question: write(said.question) }),
  ...(said.formats === undefined ? {} : { formats: write(said.formats) }),
  ...(said.recipients === undefined ? {} : { recipients: write(said.recipients) }),
  ...(said.cadence === undefined ? {} : { cadence: said.cadence }),
  ...(said.time === undefined ? {} : { due_time: said.time }),
  ...(said.paused === undefined ? {} : { paused: said.paused ? 1 : 0 }),
})

export const fromSubscription = (realm: Realm, subscription: NewSubscription): Row => ({
  id: subscription.id,
  tenant_id: realm.tenantId,
  community_id: realm.communityId,
  owner_user: subscription.owner.user,
  owner_key: subscription.owner.key,
  report: subscription.subject.report ?? null,
  definition: subscription.subject.definition ?? null,
  question: write(subscription.question),
  formats: write(subscription.formats),
  recipients: write(subscription.recipients),
  sealed_secret: subscription.sealedSecret,
  cadence: subscription.cadence,
  due_time: subscription.time,
  paused: subscription.paused ? 1 : 0,
  ...aimColumns(subscription.aim),
  created_by: subscription.createdBy,
  created_at: subscription.createdAt,
  modified_at: subscription.modifiedAt,
  removed_at: null,
})

export const toRun = (row: RunRow): RunRecord => ({
  id: row.id,
  subscriptionId: row.subscription_id,
  realm: mintRealm(row.tenant_id, row.community_id),
  period: row.period,
  from: row.period_from,
  to: row.period_to,
  zone: row.zone,
  byHand: row.by_hand === 1,
  state: row.state,
  reason: row.reason,
  attempts: row.attempts,
  rows: row.row_count,
  files: JSON.parse(row.files) as RunFile[],
  dueAt: row.due_at,
  createdAt: row.created_at,
  startedAt: row.started_at,
  finishedAt: row.finished_at,
})

/** A new line of the ledger; one that waits has a job of its own id. */
export const fromRun = (subscription: Pick<SubscriptionRecord, 'id' | 'realm'>, run: NewRun, now: number): RunRow => ({
  id: run.id,
  subscription_id: subscription.id,
  tenant_id: subscription.realm.tenantId,
  community_id: subscription.realm.communityId,
  job_id: run.state === 'pending' ? run.id : null,
  period: run.period,
  period_from: run.from,
  period_to: run.to,
  zone: run.zone,
  by_hand: run.byHand ? 1 : 0,
  state: run.state,
  reason: run.reason,
  attempts: 0,
  row_count: null,
  files: '[]',
  due_at: run.dueAt,
  created_at: now,
  started_at: null,
  finished_at: run.state === 'skipped' ? now : null,
})

export const filesText = (files: readonly RunFile[]): string => write(files)
