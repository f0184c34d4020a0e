import { randomBytes } from 'node:crypto'
import { uuidv7 } from 'uuidv7'
import { Fault, invalid } from '../../core/fault.ts'
import { demand, type Principal } from '../../core/principal.ts'
import type { Realm } from '../../core/realm.ts'
import type { Report } from '../../core/report.ts'
import { begin, defaultTime, passOver, periodEndedBefore, upcoming } from '../../core/schedule.ts'
import type { Sending } from '../../core/subscription.ts'
import type { Aim, NewRun, SubscriptionRecord } from '../../ports/subscriptions.ts'
import type { MailOf } from '../directory/mail-address.ts'
import type { Seal } from '../keys/service-keys.ts'
import type { FindRealm } from '../realms/enter.ts'
import { aimAt, scheduleOf, skippedRun } from './aim.ts'
import { distinct, type MayCall, refuseSending } from './draft.ts'
import { createLedger } from './ledger.ts'
import type { RunFileParts } from './run-files.ts'
import type {
  Definitions,
  SubscriptionChange,
  SubscriptionMade,
  SubscriptionSeen,
  SubscriptionUses,
} from './subscription-uses.ts'

export interface SubscriptionParts extends RunFileParts {
  readonly findRealm: FindRealm
  readonly reports: ReadonlyMap<string, Report>
  readonly definitions: Definitions
  readonly seal: Seal
  /** The zone of realms that set none. */
  readonly timezone: string
  readonly mayCall: MayCall
  readonly mailOf: MailOf
  readonly kick: () => void
}

const SECRET_BYTES = 32
/** A change that others overtake is tried so often. */
const TRIES = 5

const unknown = (id: string): Fault =>
  new Fault('not-found', { what: 'subscription', id }, 'There is no subscription with this id')

/** Whether somebody may see and change what others made. */
const seesAll = (caller: Principal): boolean => caller.may.has('report.read.all')

/** Reports that are sent by themselves, as those see them who ask for them. */
export const createSubscriptions = (parts: SubscriptionParts): SubscriptionUses => {
  const { control, now, seal } = parts
  const store = control.subscriptions

  const zoneOf = async ({ tenantId, communityId }: Realm): Promise<string> =>
    (await parts.findRealm(tenantId, communityId))?.timezone ?? parts.timezone

  const see = (subscription: SubscriptionRecord): SubscriptionSeen => {
    const { aim, paused } = subscription
    return { ...subscription, next: paused ? null : upcoming(scheduleOf(subscription, aim.zone), aim.standing) }
  }

  const find = async (caller: Principal, realm: Realm, id: string): Promise<SubscriptionRecord> => {
    demand(caller, 'subscribe', realm)
    const found = await store.get(realm, id)
    if (!found || (found.owner.user !== caller.user && !seesAll(caller))) throw unknown(id)
    return found
  }

  const newSecret = (): { readonly secret: string; readonly sealedSecret: Uint8Array } => {
    const secret = `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`
    return { secret, sealedSecret: seal.seal(Buffer.from(secret)) }
  }

  const calls = (sending: Pick<Sending, 'recipients'>): boolean =>
    sending.recipients.some(({ channel }) => channel === 'webhook')

  /** What a change of cadence, time or pause makes of a subscription's place in the calendar. */
  const moved = (before: SubscriptionRecord, after: Sending, zone: string): { aim: Aim; skipped: NewRun[] } => {
    const at = now()
    const schedule = scheduleOf(after, zone)
    const left = scheduleOf(before, before.aim.zone)
    if (after.cadence !== before.cadence) {
      const { skipped } = passOver(left, before.aim.standing, at)
      const why = 'The period of the subscription was changed before this one was due'
      return {
        aim: aimAt(schedule, begin(schedule, at)),
        skipped: skipped ? [skippedRun(skipped, zone, why, at)] : [],
      }
    }
    if (before.paused && !after.paused) {
      const { skipped, standing } = passOver(schedule, before.aim.standing, at)
      const why = 'The subscription was paused'
      return { aim: aimAt(schedule, standing), skipped: skipped ? [skippedRun(skipped, zone, why, at)] : [] }
    }
    return { aim: aimAt(schedule, before.aim.standing), skipped: [] }
  }

  const changeOnce = async (
    before: SubscriptionRecord,
    change: SubscriptionChange,
  ): Promise<SubscriptionMade | undefined> => {
    const { newSecret: anew, ...sending } = change
    const said = { ...sending, ...(sending.recipients ? { recipients: distinct(sending.recipients) } : {}) }
    const after: Sending = { ...before, ...said }
    const { aim, skipped } = moved(before, after, await zoneOf(before.realm))
    const made = calls(after) && (anew || !before.signed) ? newSecret() : undefined
    const stored = await store.change(
      before,
      { ...said, aim, ...(made ? { sealedSecret: made.sealedSecret } : {}) },
      skipped,
      now(),
    )
    return stored && { subscription: see(stored), secret: made?.secret ?? null }
  }

  return {
    async create(caller, realm, draft) {
      demand(caller, 'subscribe', realm)
      demand(caller, 'reports.run', realm)
      refuseSending(draft, parts.mayCall)
      const { report } = draft.subject
      if (report !== undefined && !parts.reports.has(report))
        throw invalid([
          {
            where: 'body',
            name: 'report',
            rule: 'unknown',
            message: `There is no report ${JSON.stringify(report)}; GET /v1/reports lists them`,
          },
        ])
      if (
        draft.subject.definition !== undefined &&
        !(await parts.definitions.resolve(caller, realm, draft.subject.definition))
      )
        throw new Fault(
          'not-found',
          { what: 'definition', id: draft.subject.definition },
          'There is no definition with this id',
        )
      const at = now()
      const sending = { cadence: draft.cadence, time: draft.time ?? defaultTime, paused: draft.paused ?? false }
      const schedule = scheduleOf(sending, await zoneOf(realm))
      // Who subscribes to a definition and names nobody means themselves.
      const own = draft.recipients.length > 0 ? undefined : await parts.mailOf(realm, caller.user)
      const recipients = own === undefined ? distinct(draft.recipients) : [{ channel: 'email' as const, address: own }]
      const made = calls({ recipients }) ? newSecret() : undefined
      const stored = await store.create(realm, {
        id: draft.id ?? uuidv7(),
        owner: { user: caller.user, key: caller.key ?? null },
        subject: draft.subject,
        question: {
          params: draft.params ?? {},
          filter: draft.filter ?? null,
          order: draft.order ?? null,
          wrote: draft.wrote ?? null,
        },
        formats: [...new Set(draft.formats)],
        recipients,
        ...sending,
        aim: aimAt(schedule, begin(schedule, at)),
        sealedSecret: made?.sealedSecret ?? null,
        createdBy: caller.user,
        createdAt: at,
        modifiedAt: at,
      })
      return { subscription: see(stored), secret: made?.secret ?? null }
    },

    get: async (caller, realm, id) => see(await find(caller, realm, id)),

    async list(caller, realm, options) {
      demand(caller, 'subscribe', realm)
      const own = seesAll(caller) ? {} : { owner: caller.user }
      return (await store.list(realm, { ...options, ...own })).map(see)
    },

    async update(caller, realm, id, change) {
      refuseSending(change, parts.mayCall)
      for (let tries = 0; tries < TRIES; tries++) {
        const before = await find(caller, realm, id)
        const made = await changeOnce(before, change)
        if (made) return made
      }
      throw new Fault(
        'conflict',
        { what: 'subscription', id, why: 'changed' },
        'The subscription was changed by others meanwhile; try again',
      )
    },

    async remove(caller, realm, id) {
      await find(caller, realm, id)
      if (!(await store.remove(realm, id, now()))) throw unknown(id)
    },

    removeOfDefinition: (realm, definition) => store.removeOfDefinition(realm, definition, now()),

    ...createLedger({
      ...parts,
      find,
      lastPeriod: async (subscription) =>
        periodEndedBefore(scheduleOf(subscription, await zoneOf(subscription.realm)), now()),
    }),
  }
}
