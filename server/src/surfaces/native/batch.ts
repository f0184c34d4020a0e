import type { App } from '../../app/app.ts'
import type { EventDraft, Receipt } from '../../core/event.ts'
import type { Issue } from '../../core/fault.ts'
import type { Principal } from '../../core/principal.ts'
import type { Realm } from '../../core/realm.ts'
import { readNativeEvent } from './fields.ts'

/** Most events and UTF-16 units of text that are committed together and held in memory. */
const BATCH = { events: 1_000, text: 4_194_304 }
/** Up to so many items every result is answered; of longer batches only the refused ones. */
export const ALL_RESULTS = 10_000
/** Refused items that are answered at most. */
export const MOST_REFUSED = 10_000

/** What became of one item: its place from 0 and, in a stream of lines, its line from 1. */
export interface ItemResult {
  readonly index: number
  readonly line?: number
  readonly outcome: Receipt['outcome']
  readonly event_id?: string
  readonly seq?: number
  readonly issues?: readonly Issue[]
}

/** What became of a batch so far. */
export interface Tally {
  accepted: number
  duplicate: number
  refused: number
  /** The last line (or, in an array, the number of items) of which everything before was judged. */
  settled: number
  results: ItemResult[]
}

type Waiting = { readonly line?: number } & (
  | { readonly draft: EventDraft; readonly issues?: never }
  | { readonly issues: readonly Issue[]; readonly draft?: never }
)

const sayReceipt = (receipt: Receipt) =>
  receipt.outcome === 'refused' ? { ...receipt, issues: [...receipt.issues] } : receipt

/**
 * Takes items one by one and commits them in groups; what a group's commit acknowledged stays, whatever comes later.
 * Answers a tally that holds at any time what was settled.
 */
export const openBatch = (app: App, principal: Principal, realm: Realm) => {
  const tally: Tally = { accepted: 0, duplicate: 0, refused: 0, settled: 0, results: [] }
  let waiting: Waiting[] = []
  let text = 0
  let index = 0
  let settling: Promise<void> = Promise.resolve()

  const note = (item: Waiting, receipt: Receipt): void => {
    tally[receipt.outcome]++
    const place = { index: index++, ...(item.line === undefined ? {} : { line: item.line }) }
    if (index === ALL_RESULTS + 1) tally.results = tally.results.filter((result) => result.outcome === 'refused')
    const wanted = index <= ALL_RESULTS || (receipt.outcome === 'refused' && tally.results.length < MOST_REFUSED)
    if (wanted) tally.results.push({ ...place, ...sayReceipt(receipt) })
    tally.settled = item.line ?? index
  }

  const settle = async (items: readonly Waiting[]): Promise<void> => {
    const drafts = items.flatMap((item) => (item.draft ? [item.draft] : []))
    const receipts = drafts.length === 0 ? [] : await app.ingest(principal, realm, drafts)
    let next = 0
    for (const item of items) {
      const receipt = item.draft ? receipts[next++] : ({ outcome: 'refused', issues: item.issues } as const)
      if (!receipt) throw new Error('An event was given no receipt')
      note(item, receipt)
    }
  }

  /** Commits what waits once the group before is settled, so that one is read while another is committed. */
  const flush = async (): Promise<void> => {
    const items = waiting
    waiting = []
    text = 0
    await settling
    settling = settle(items)
    // It is awaited by the next flush or the end; until then its failure is not lost, only unheard.
    settling.catch(() => undefined)
  }

  const hold = async (item: Waiting, length: number): Promise<void> => {
    waiting.push(item)
    text += length
    if (waiting.length >= BATCH.events || text >= BATCH.text) await flush()
  }

  return {
    tally,
    /** Commits the rest and waits until everything is settled. */
    async finish(): Promise<void> {
      await flush()
      await settling
    },
    /** Waits until what is on its way is settled, so that the tally is whole; a failure is heard elsewhere. */
    async quiet(): Promise<void> {
      await settling.catch(() => undefined)
    },
    /** One event's JSON text. */
    async add(event: string, line?: number): Promise<void> {
      const read = readNativeEvent(event, realm, app.eventLimits)
      const at = line === undefined ? {} : { line }
      await hold(read.ok ? { ...at, draft: read.draft } : { ...at, issues: read.issues }, event.length)
    },
    /** An item that cannot even be read. */
    async refuse(issue: Issue, line?: number): Promise<void> {
      await hold({ issues: [issue], ...(line === undefined ? {} : { line }) }, 0)
    },
  }
}

export type Batch = ReturnType<typeof openBatch>
