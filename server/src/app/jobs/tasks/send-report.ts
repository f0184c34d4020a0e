import Type from 'typebox'
import { uuidv7 } from 'uuidv7'
import { Fault } from '../../../core/fault.ts'
import { fileName, formats } from '../../../core/format.ts'
import { demand, type Principal } from '../../../core/principal.ts'
import type { Realm } from '../../../core/realm.ts'
import type { RunFile } from '../../../core/subscription.ts'
import type { SaidFigure } from '../../../core/summary.ts'
import type { Message } from '../../../ports/courier.ts'
import type { JobRecord, NewDelivery } from '../../../ports/jobs.ts'
import type { RunAttempt, RunRecord, SubscriptionRecord } from '../../../ports/subscriptions.ts'
import type { AppParts } from '../../create-app.ts'
import { createActAs } from '../../keys/owner.ts'
import { makeReport, type Question } from '../../reports/make-report.ts'
import { linkFile } from '../../subscriptions/run-files.ts'
import { type LetterFacts, writeEvent, writeLetter } from '../../subscriptions/run-letter.ts'
import type { Defined } from '../../subscriptions/subscription-uses.ts'
import { broken, passes } from '../work.ts'
import type { Task, TaskContext, TaskDone } from './task.ts'

const Payload = Type.Object({ subscription: Type.String(), run: Type.String() })

const gone = (what: string, id: string, message: string): Fault => new Fault('not-found', { what, id }, message)

/** What a subscription asks now, as its owner may ask it. */
const define = async (
  parts: AppParts,
  principal: Principal,
  { realm, subject, question }: SubscriptionRecord,
): Promise<Defined> => {
  if (subject.definition !== undefined) {
    const found = await parts.definitions.resolve(principal, realm, subject.definition)
    if (found) return found
    throw gone('definition', subject.definition, 'The definition that this subscription asks is not there any more')
  }
  const report = parts.reports.get(subject.report)
  if (!report) throw gone('report', subject.report, `There is no report ${subject.report} in this version`)
  const { params, filter, order } = question
  return { report, title: report.title, params, ...(filter ? { filter } : {}), ...(order ? { order } : {}) }
}

const questionOf = (defined: Defined, run: RunRecord): Question => ({
  report: defined.report,
  title: defined.title,
  asked: {
    ...(defined.report.defaultSpan === undefined ? {} : { window: { from: run.from, to: run.to - 1 } }),
    ...(defined.params ? { params: defined.params } : {}),
    ...(defined.filter ? { filter: defined.filter } : {}),
    ...(defined.order ? { order: defined.order } : {}),
  },
})

/** A run by hand stands beside that of the schedule under the period's name and a mark. */
const nameOf = (run: RunRecord): string => run.period.replace(/#.*$/, '')

interface Made {
  readonly files: readonly RunFile[]
  readonly rows: number
  readonly figures: readonly SaidFigure[]
  readonly notes: readonly string[]
}

/** Removes files of an attempt that nobody was told of. */
const clear = async (parts: AppParts, realm: Realm, files: readonly RunFile[]): Promise<void> => {
  for (const { file } of files) await parts.files.remove(realm, file)
}

const make = async (
  { app, parts, signal, fileName: keep, progress }: TaskContext,
  principal: Principal,
  subscription: SubscriptionRecord,
  run: RunRecord,
  question: Question,
): Promise<Made> => {
  const { realm, owner, formats: wanted } = subscription
  const files: RunFile[] = []
  const report = makeReport(app, principal, realm, question, owner.user, signal)
  const summary = await report.summary()
  try {
    for (const format of wanted) {
      const file = keep(formats[format].ending)
      const size = await parts.files.write(realm, file, await report.open(format), signal)
      files.push({ format, name: fileName(`${question.report.id}-${nameOf(run)}`, format), file, bytes: size })
      progress(summary.rows)
    }
  } catch (error) {
    await clear(parts, realm, files)
    throw error
  }
  return { files, ...summary }
}

/** One message to each recipient; each has an id that stays the same over its attempts. */
const messages = (
  parts: AppParts,
  subscription: SubscriptionRecord,
  run: RunRecord,
  realmName: string,
  title: string,
  made: Made,
): readonly NewDelivery[] => {
  const bytes = made.files.reduce((sum, file) => sum + file.bytes, 0)
  const attached = bytes <= parts.attachmentBytes
  const facts: LetterFacts = {
    title,
    realm: realmName,
    period: nameOf(run),
    from: run.from,
    to: run.to,
    zone: run.zone,
    owner: subscription.owner.user,
    cadence: subscription.cadence,
    time: subscription.time,
    subscription: subscription.id,
    figures: made.figures,
    notes: made.notes,
    files: made.files.map((file) => ({ ...file, link: linkFile(parts, run, file) })),
    attached,
    linkMs: parts.linkMs,
  }
  const attachments = made.files.map(({ name, file, format }) => ({ name, file, media: formats[format].mediaType }))
  const letter: Message = { ...writeLetter(facts), ...(attached ? { attachments } : {}) }
  const { tenantId, communityId } = run.realm
  const event = writeEvent(facts, { tenantId, communityId, run: run.id, rows: made.rows }, parts.now())
  return subscription.recipients.map(({ channel, address }) => {
    const id = uuidv7()
    return {
      id,
      owner: { kind: 'run', id: run.id },
      channel,
      address,
      messageId: channel === 'email' ? `${id}@${parts.mailDomain}` : id,
      message:
        channel === 'email' ? letter : { subject: letter.subject, text: '', html: '', event, secret: subscription.id },
    }
  })
}

const attemptOf = (job: JobRecord, run: RunRecord): RunAttempt => ({
  realm: job.realm,
  run: run.id,
  job: job.id,
  attempt: job.attempts,
})

const overtaken = (): Fault =>
  new Fault('cancelled', { what: 'run' }, 'This run has ended, or another attempt at it has taken over')

const attempt = async (context: TaskContext, run: RunRecord): Promise<TaskDone> => {
  const { parts, job } = context
  const { subscriptions } = parts.control
  const subscription = await subscriptions.get(job.realm, run.subscriptionId)
  if (!subscription)
    throw gone('subscription', run.subscriptionId, 'The subscription was removed before its report was made')
  const principal = await createActAs(parts.control, parts.now)(job.realm, subscription.owner)
  demand(principal, 'subscribe', job.realm)
  const defined = await define(parts, principal, subscription)
  await clear(parts, run.realm, run.files)
  const made = await make(context, principal, subscription, run, questionOf(defined, run))
  const record = await parts.control.realms.get(job.realm.tenantId, job.realm.communityId)
  const name = record ? `${record.tenant.name} · ${record.community.name}` : job.realm.tenantId
  const deliveries = messages(parts, subscription, run, name, defined.title, made)
  if (subscription.subject.definition !== undefined)
    await parts.definitions.made?.(principal, run.realm, subscription.subject.definition, defined, { ...run, ...made })
  if (!(await subscriptions.runs.made(attemptOf(job, run), { ...made, deliveries }, parts.now()))) {
    await clear(parts, run.realm, made.files)
    throw overtaken()
  }
  parts.kick()
  await parts.runEnded({ ...run, state: 'made', reason: null })
  return { rows: made.rows }
}

/** Makes the report of one run of a subscription, as its owner and with the owner's rights of now, and sends it. */
export const sendReport: Task = {
  kind: 'send-report',
  payload: Payload,
  attempts: 5,
  run: async (payload: Type.Static<typeof Payload>, context) => {
    const { parts, job, signal } = context
    const { runs } = parts.control.subscriptions
    const run = await runs.get(job.realm, payload.run)
    if (!run) throw gone('run', payload.run, 'The ledger has no such run any more')
    // The worker that made it did not live to say so; its messages are on their way.
    if (run.state === 'made') return { rows: run.rows ?? 0 }
    const mine = attemptOf(job, run)
    if (!(await runs.begin(mine, parts.now()))) throw overtaken()
    try {
      return await attempt(context, run)
    } catch (error) {
      if (signal.aborted) throw error
      const again = passes(error) && job.attempts < job.mostAttempts
      const reason = error instanceof Fault ? error.message : broken
      if (await runs.fail(mine, reason, again, parts.now())) {
        if (!again) await parts.runEnded({ ...run, state: 'failed', reason })
      }
      throw error
    }
  },
}
