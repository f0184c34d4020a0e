import entries from './catalogue.json' with { type: 'json' }
import type { Dialect } from './event.ts'

/** Rollcall's own words for what an event means. */
export const actions = [
  'login',
  'login.attempt',
  'login.redirect',
  'factor.verified',
  'otp.requested',
  'user.invited',
  'user.onboarded',
  'user.created',
  'user.updated',
  'user.deleted',
  'user.locked',
  'registration.created',
  'registration.deleted',
  'credential.changed',
  'credential.reset',
  'credential.deleted',
  'device.added',
  'device.removed',
  'proofing.started',
  'proofing.step',
  'proofing.submitted',
  'proofing.validated',
  'proofing.abandoned',
  'proofing.expired',
  'object.created',
  'object.changed',
  'object.removed',
  'object.read',
  'grant.given',
  'grant.withdrawn',
  'session.started',
  'session.finished',
  'session.approved',
  'session.declined',
  'session.shared',
  'session.joined',
  'session.terminated',
  'audit.noted',
  'log.written',
  'other',
] as const

export type Action = (typeof actions)[number]
export type Outcome = 'success' | 'failure' | 'unknown'

/** What an event's name means: action, outcome and, where the dialect has one, a category. */
export interface Meaning {
  readonly action: Action
  readonly outcome: Outcome
  readonly category: string
}

const known: ReadonlySet<string> = new Set(actions)
const unknownMeaning: Meaning = { action: 'other', outcome: 'unknown', category: '' }

/** The table from a dialect's event names to their meaning. Data: `catalogue.json`. */
const catalogue = entries as unknown as Partial<Record<Dialect, Record<string, Meaning>>>

export const isAction = (name: string): name is Action => known.has(name)

/** Finds what a dialect's event name means; a native name that is an action is that action. */
export const classify = (dialect: Dialect, eventName: string): Meaning => {
  const names = catalogue[dialect]
  if (names && Object.hasOwn(names, eventName)) return names[eventName] ?? unknownMeaning
  if (dialect === 'native' && isAction(eventName)) return { action: eventName, outcome: 'unknown', category: '' }
  return unknownMeaning
}
