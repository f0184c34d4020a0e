import type { Filter } from '../../core/filter.ts'
import type { Format } from '../../core/format.ts'
import type { Principal } from '../../core/principal.ts'
import type { Realm } from '../../core/realm.ts'
import type { Report } from '../../core/report.ts'
import type { Window } from '../../core/window.ts'
import type { JobRecord } from '../../ports/jobs.ts'

/** A report that is to leave as a file. */
export interface ExportAsked {
  /** The report's default span up to now when absent. */
  readonly window?: Window
  readonly filter?: Filter
  readonly params?: Readonly<Record<string, unknown>>
  /** The report's own order when absent; column names, `-` before one that descends. */
  readonly order?: readonly string[]
  /** What the file is called; the report's own title when absent. */
  readonly title?: string
  readonly format: Format
  readonly skip?: number
  /** Most rows; all when absent. */
  readonly most?: number
  /** The report's columns that the file has, and their heads; all under their own names when absent. */
  readonly columns?: readonly { readonly name: string; readonly head: string }[]
  /** Whose words a listed event is said in, in place of the report's columns. */
  readonly voice?: string
  /** Who asked, as people know them; the principal's id when absent. */
  readonly requestedBy?: string
  /** E-mail addresses that are told when it is there. */
  readonly notify?: readonly string[]
  /** What its sender says of the request; kept with the job. */
  readonly about?: Readonly<Record<string, unknown>>
}

export type RequestExport = (
  principal: Principal,
  realm: Realm,
  report: Report,
  asked: ExportAsked,
) => Promise<JobRecord>
