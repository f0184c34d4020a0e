import type { DefinedQuestion } from '../core/definition.ts'
import type { Realm } from '../core/realm.ts'
import type { Window } from '../core/window.ts'

/** A custom report definition as it is kept. Instants are epoch milliseconds. */
export interface DefinitionRecord {
  readonly id: string
  readonly title: string
  readonly type: string
  /** As they were sent, given back byte for byte. */
  readonly queryFilter: string | null
  readonly queryOrder: string | null
  readonly question: DefinedQuestion
  readonly createdBy: string
  readonly createdAt: number
  readonly modifiedAt: number
  readonly removed: boolean
}

export type DefinitionChange = Partial<Pick<DefinitionRecord, 'title' | 'queryFilter' | 'queryOrder' | 'question'>>

/** A report that was generated; what it says is in a file. */
export interface GeneratedRecord {
  readonly id: string
  readonly title: string
  readonly definitionId: string | null
  readonly type: string
  readonly queryFilter: string | null
  readonly queryOrder: string | null
  readonly window: Window | null
  readonly generatedAt: number
  readonly createdBy: string
  /** Whether it was made on a schedule. */
  readonly periodic: boolean
  /** The run that it is of; there is one report of a run. */
  readonly run: string | null
  /** The process that made it. */
  readonly createdOn: string
  readonly rows: number
  /** Its name in the file store. */
  readonly file: string
  readonly createdAt: number
  readonly modifiedAt: number
  readonly removed: boolean
}

/** Those of one realm, in order of id; `after` is the last id of the page before. */
export interface PageOf {
  readonly after?: string
  readonly limit: number
}

/** Removed records stay, marked, until their realm is removed. */
export interface Definitions {
  create(realm: Realm, record: DefinitionRecord): Promise<void>
  /** Removed ones too. */
  get(realm: Realm, id: string): Promise<DefinitionRecord | undefined>
  list(realm: Realm, page: PageOf): Promise<readonly DefinitionRecord[]>
  /** False when there is none that is not removed. */
  change(realm: Realm, id: string, change: DefinitionChange, now: number): Promise<boolean>
  /** False when there is none that is not removed. */
  remove(realm: Realm, id: string, now: number): Promise<boolean>
}

export interface GeneratedReports {
  /** False when there is a report of the same run already. */
  create(realm: Realm, record: GeneratedRecord): Promise<boolean>
  get(realm: Realm, id: string): Promise<GeneratedRecord | undefined>
  list(realm: Realm, page: PageOf): Promise<readonly GeneratedRecord[]>
  remove(realm: Realm, id: string, now: number): Promise<boolean>
}

/** What is told of reports that are asked again: definitions, and what was generated from them. */
export interface ReportRecords {
  readonly definitions: Definitions
  readonly generated: GeneratedReports
  /** The next object's number, from 1 on; each is given once. */
  nextNumber(): Promise<number>
}
