import type { Filter } from './filter.ts'

/** A report definition that every realm has (Fudo Enterprise, API v2): its id and title are the document's. */
export interface Predefined {
  readonly id: string
  readonly title: string
  /** Which kind of definition it is; a custom one names it too. */
  readonly type: string
  /** The report that answers it. */
  readonly report: string
}

export const predefined: readonly Predefined[] = [
  { id: '5', title: 'System report', type: 'system', report: 'system-sessions' },
  { id: '6', title: 'Account access report', type: 'account_access', report: 'account-access' },
  { id: '7', title: 'Safe access report', type: 'safe_access', report: 'safe-access' },
  { id: '8', title: 'Server access report', type: 'server_access', report: 'server-access' },
  { id: '9', title: 'Session approvals by user', type: 'session_approvals', report: 'session-approvals' },
  { id: '10', title: 'Session sharing invites by user', type: 'session_sharing', report: 'session-sharing' },
  { id: '11', title: 'Session summary', type: 'session_summary', report: 'session-summary' },
  { id: '12', title: 'Sessions by server report', type: 'sessions_by_server', report: 'sessions-by-server' },
  { id: '13', title: 'User access report', type: 'user_access', report: 'user-access' },
  { id: '14', title: 'User activity report', type: 'user_activity', report: 'user-activity' },
  { id: '15', title: 'User privilege report', type: 'user_privilege', report: 'user-privileges' },
  { id: '16', title: 'User report', type: 'user', report: 'users' },
]

const byType = new Map(predefined.map((one) => [one.type, one]))
const byId = new Map(predefined.map((one) => [one.id, one]))

export const definitionTypes: readonly string[] = predefined.map((one) => one.type)
export const predefinedOfType = (type: string): Predefined | undefined => byType.get(type)
export const predefinedOfId = (id: string): Predefined | undefined => byId.get(id)

/** What a definition asks of its type's report, understood. */
export interface DefinedQuestion {
  readonly filter: Filter | null
  /** Column names, `-` before one that descends. */
  readonly order: readonly string[] | null
  /** Whether the filter says itself when, so that no span is put around it. */
  readonly dated: boolean
}

export const noQuestion: DefinedQuestion = { filter: null, order: null, dated: false }

/** The first number that objects of this kind get is above 2^62, so that their ids are 63-bit numbers of one length. */
const FIRST = 2n ** 62n

/** An object's id from the number that it was given: a decimal text that sorts as the number does. */
export const objectId = (number: number): string => String(FIRST + BigInt(number))
