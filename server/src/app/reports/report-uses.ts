import type { DefinedQuestion } from '../../core/definition.ts'
import type { Filter } from '../../core/filter.ts'
import type { Principal } from '../../core/principal.ts'
import type { Realm } from '../../core/realm.ts'
import type { Report } from '../../core/report.ts'
import type { Window } from '../../core/window.ts'
import type { DefinitionRecord, GeneratedRecord } from '../../ports/generated.ts'

/** A definition as its users see it: a predefined one has nobody who made it, and no times. */
export type DefinitionSeen = Omit<DefinitionRecord, 'createdBy' | 'createdAt' | 'modifiedAt'> & {
  readonly createdBy: string | null
  readonly createdAt: number | null
  readonly modifiedAt: number | null
}

export interface DefinitionDraft {
  readonly title: string
  readonly type: string
  readonly queryFilter: string | null
  readonly queryOrder: string | null
  readonly question: DefinedQuestion
}

/** Predefined and custom report definitions. Custom ones are their maker's; who reads all reports sees all of them. */
export interface DefinitionUses {
  /** An id for an object of this kind that is kept elsewhere. */
  nextId(): Promise<string>
  create(caller: Principal, realm: Realm, draft: DefinitionDraft): Promise<DefinitionSeen>
  /** @throws Fault `not-found`; `gone` lets removed ones through */
  get(caller: Principal, realm: Realm, id: string, gone?: 'gone'): Promise<DefinitionSeen>
  /** Predefined ones first, then custom ones in order of id, removed ones too. */
  list(caller: Principal, realm: Realm): AsyncIterable<DefinitionSeen>
  /** @throws Fault `forbidden` for a predefined one */
  change(caller: Principal, realm: Realm, id: string, change: Partial<DefinitionDraft>): Promise<void>
  /** Removes it and its subscriptions; what was generated from it stays. */
  remove(caller: Principal, realm: Realm, id: string): Promise<void>
  /** What a definition asks now, for a run of a subscription; undefined when this principal has none of that id. */
  resolve(
    caller: Principal,
    realm: Realm,
    id: string,
  ): Promise<
    | { readonly report: Report; readonly title: string; readonly filter?: Filter; readonly order?: readonly string[] }
    | undefined
  >
}

export interface GenerateDraft {
  readonly title?: string
  /** A definition's id; its type, filter and order then stand where none are said. */
  readonly definition?: string
  readonly type: string
  readonly queryFilter: string | null
  readonly queryOrder: string | null
  readonly question: DefinedQuestion
  /** The report's own span when absent. */
  readonly window?: Window
}

/** Reports that were generated: what they say was written down then, and is the same in every form and at any time. */
export interface GeneratedUses {
  generate(caller: Principal, realm: Realm, draft: GenerateDraft): Promise<GeneratedRecord>
  /** Writes down the report of a subscription's run, once, as its owner sees it. */
  ofRun(
    owner: Principal,
    realm: Realm,
    definition: string,
    run: { readonly id: string; readonly window: Window },
  ): Promise<void>
  get(caller: Principal, realm: Realm, id: string): Promise<GeneratedRecord>
  /** In order of id, removed ones too. */
  list(caller: Principal, realm: Realm): AsyncIterable<GeneratedRecord>
  remove(caller: Principal, realm: Realm, id: string): Promise<void>
  download(
    caller: Principal,
    realm: Realm,
    id: string,
    format: string,
  ): Promise<{ readonly mediaType: string; readonly fileName: string; readonly bytes: AsyncIterable<Uint8Array> }>
}

export type { GeneratedRecord as GeneratedSeen }
