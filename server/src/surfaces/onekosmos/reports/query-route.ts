import type { Answered, Asked } from '../../../app/app.ts'
import type { Filter } from '../../../core/filter.ts'
import type { Realm } from '../../../core/realm.ts'
import type { Row } from '../../../core/table.ts'
import type { DownloadAsked } from '../downloads/download.ts'
import type { OrderedReport, Profile } from '../profile.ts'
import type { NamedFilter } from './filters.ts'

/** What a report answered, and how to ask once more for the same caller. */
export interface Found {
  readonly rows: readonly Row[]
  readonly realm: Realm
  readonly profile: Profile
  /** Asks a report by its id, in the same realm and with the same rights. */
  readonly ask: (report: string, asked: Asked) => Promise<Answered>
}

/** One query of the dialect: which report answers it, and how a row becomes its wire row. */
export interface QueryRoute {
  /** The last part of its path. */
  readonly name: OrderedReport
  readonly summary: string
  readonly about: string
  /** The report's id. */
  readonly report: string
  /** Where the asked span begins when the caller does not say, from the present instant. */
  readonly from: (now: number) => number
  /** The fields of the body that filter; `any` takes every field, and `query`. */
  readonly filters: readonly NamedFilter[] | 'any'
  /** What else a row must be, whoever asks. */
  readonly only?: Filter
  /** Columns of the event that the wire row needs beside the report's own. */
  readonly with?: readonly string[]
  /** What stands in a file: the events as they were sent, or these columns of the report. */
  readonly file: Pick<DownloadAsked, 'voice' | 'columns'>
  /** The answer's `data`, as JSON text: stored events go through as the text that was sent. */
  readonly data: (found: Found) => string | Promise<string>
}
