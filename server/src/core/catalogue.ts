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
  /** A sentence for people, where the dialect has one of its own for this name. */
  readonly description?: string
}

/** How an action is told: a sentence for people, and the name that Nevis has for it, where it has one. */
interface Telling {
  readonly description: string
  readonly nevis?: string
}

const known: ReadonlySet<string> = new Set(actions)
const unknownMeaning: Meaning = { action: 'other', outcome: 'unknown', category: '' }

const { actions: told, ...names } = entries

/** The table from a dialect's event names to their meaning. Data: `catalogue.json`. */
const catalogue = names as unknown as Partial<Record<Dialect, Record<string, Meaning>>>
const tellings = told as Readonly<Partial<Record<string, Telling>>>

export const isAction = (name: string): name is Action => known.has(name)

/** Finds what a dialect's event name means; a native name that is an action is that action. */
export const classify = (dialect: Dialect, eventName: string): Meaning => {
  const names = catalogue[dialect]
  if (names && Object.hasOwn(names, eventName)) return names[eventName] ?? unknownMeaning
  if (dialect === 'native' && isAction(eventName)) return { action: eventName, outcome: 'unknown', category: '' }
  return unknownMeaning
}

/** An event's name and the sentence that tells it, in Nevis's form: the sender's name where there is none. */
export const tell = (dialect: string, eventName: string, action: string): { name: string; description: string } => {
  const entries = catalogue[dialect as Dialect]
  const own = entries && Object.hasOwn(entries, eventName) ? entries[eventName]?.description : undefined
  const telling = Object.hasOwn(tellings, action) ? tellings[action] : undefined
  return {
    name: dialect === 'nevis' ? eventName : (telling?.nevis ?? eventName),
    description: own ?? telling?.description ?? eventName,
  }
}

/** Every way in which an event is told by other words than its sender's, for looking for these words. */
export const tellingsOf = (): readonly {
  readonly action: string
  readonly name: string | undefined
  readonly description: string
}[] =>
  Object.entries(tellings).flatMap(([action, telling]) =>
    telling ? [{ action, name: telling.nevis, description: telling.description }] : [],
  )

/** The names for which a dialect has sentences of its own. */
export const sentencesOf = (dialect: Dialect): readonly { readonly name: string; readonly description: string }[] =>
  Object.entries(catalogue[dialect] ?? {}).flatMap(([name, { description }]) =>
    description ? [{ name, description }] : [],
  )
