import type { Filter } from './filter.ts'
import type { Format } from './format.ts'
import type { Channel } from './job.ts'
import type { Cadence } from './schedule.ts'

/** What a subscription asks: a report of the house, or a definition that somebody keeps in the realm. */
export type Subject =
  | { readonly report: string; readonly definition?: undefined }
  | { readonly definition: string; readonly report?: undefined }

/** How it is asked, beside the period. */
export interface Question {
  readonly params: Readonly<Record<string, unknown>>
  readonly filter: Filter | null
  readonly order: readonly string[] | null
  /** The filter as its asker wrote it, in the words of its dialect; null when there is none. */
  readonly wrote: unknown
}

/** Who is told: an e-mail address, or a webhook's address. */
export interface Recipient {
  readonly channel: Channel
  readonly address: string
}

/** As whom its reports are made: the user, and the key with which it was made; the operator's has none. */
export interface Owner {
  readonly user: string
  readonly key: string | null
}

/** How a report is sent, and when. */
export interface Sending {
  readonly formats: readonly Format[]
  readonly recipients: readonly Recipient[]
  readonly cadence: Cadence
  /** `HH:MM` on the realm's clock, on the day after the period. */
  readonly time: string
  readonly paused: boolean
}

/** Where the making of a report stands; whether it was received is its deliveries' to say. */
export type RunState = 'pending' | 'running' | 'made' | 'failed' | 'skipped'

/** A file that a run made. */
export interface RunFile {
  readonly format: Format
  /** As its receiver sees it. */
  readonly name: string
  /** Its name in the file store. */
  readonly file: string
  readonly bytes: number
}
