import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Appended, Inbox, InboxEntry, Lease } from '../../src/ports/inbox.ts'
import type { ControlStore } from '../../src/storage/control/index.ts'
import { engines, entry, type Host, openStore, realmOf } from './engines.ts'

interface Sent {
  readonly entry: InboxEntry
  readonly appended: Appended
}

type Step =
  | { readonly do: 'append'; readonly ids: readonly (readonly [community: string, id: string | null, body: string])[] }
  | { readonly do: 'move'; readonly rows: number; readonly aside: boolean }
  | { readonly do: 'release' | 'discard' }

const oneOf = <const T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values)
const idOrOurs = fc.option(oneOf('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'), { nil: null, freq: 4 })
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('append' as const),
        ids: fc.array(fc.tuple(oneOf('x', 'y'), idOrOurs, oneOf('one', 'two')), { minLength: 1, maxLength: 6 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('move' as const), rows: fc.nat({ max: 20 }), aside: fc.boolean() }),
    },
    { weight: 1, arbitrary: fc.record({ do: oneOf('release', 'discard') }) },
  ),
  { minLength: 1, maxLength: 30 },
)

/** Moves as the mover does, one step at a time; keeps what it sent on, by number. */
const makeMover = (inbox: Inbox, lease: Lease) => {
  const moved = new Map<number, string>()
  const twice: number[] = []
  const month = 202601
  const move = async (limit: number, aside: boolean): Promise<boolean> => {
    const after = await inbox.watermark()
    const rows = await inbox.read(after, { rows: limit, bytes: 1e9 })
    const last = rows.at(-1)
    if (!last) return false
    const part = { token: `t${after}`, first: after + 1, last: last.seq, month, without: [] }
    await inbox.plan(lease, [part])
    const [bad] = rows
    if (aside && bad)
      await inbox.replace(
        lease,
        part,
        [{ ...part, token: `u${after}`, without: [bad.seq] }],
        [{ ...bad, reason: 'odd' }],
      )
    for (const planned of await inbox.planned())
      for (const row of await inbox.rowsOf(planned)) {
        if (moved.has(row.seq)) twice.push(row.seq)
        moved.set(row.seq, row.row)
      }
    await inbox.settle(lease, last.seq)
    return true
  }
  return { move, moved, twice }
}

describe.each(engines)('any interleaving on $engine', ({ engine, start }) => {
  let host: Host
  let store: ControlStore
  beforeAll(async () => {
    host = await start()
    store = await openStore(await host.freshUrl())
  })
  afterAll(async () => {
    await store[Symbol.asyncDispose]()
    await host[Symbol.asyncDispose]()
  })

  test('keeps every acknowledged event exactly once, and one event of an id', async () => {
    const { inbox } = store
    const lease = await inbox.lease('mover', 600_000)
    if (!lease) throw new Error('The lease was not given')
    let run = 0
    const hold = async (plan: readonly Step[]): Promise<void> => {
      const start = await inbox.watermark()
      const mover = makeMover(inbox, lease)
      const sent: Sent[] = []
      const discarded = new Map<number, string>()
      const renumbered = new Map<number, string>()
      const world = `${engine}-${++run}`
      let queue: Promise<unknown> = Promise.resolve()
      const inTurn = (work: () => Promise<unknown>): Promise<unknown> => {
        queue = queue.then(work)
        return queue
      }
      const perform = async (step: Step): Promise<unknown> => {
        if (step.do === 'append') {
          const entries = step.ids.map(([community, id, body]) => entry(realmOf(`${world}-${community}`), id, { body }))
          const appended = await inbox.append(entries)
          for (const [index, one] of entries.entries()) {
            const outcome = appended[index]
            if (outcome) sent.push({ entry: one, appended: outcome })
          }
          return
        }
        if (step.do === 'move') return inTurn(() => mover.move(step.rows, step.aside))
        return inTurn(async () => {
          const [first] = await inbox.listSetAside({ limit: 1 })
          if (!first) return
          if (step.do === 'discard') {
            if (await inbox.discardSetAside(first.id)) discarded.set(first.seq, first.row)
            return
          }
          const released = await inbox.releaseSetAside(first.id).catch((error: unknown) => {
            expect(error).toMatchObject({ kind: 'conflict' })
            return undefined
          })
          if (!released) return
          discarded.set(first.seq, first.row)
          renumbered.set(released.seq, first.row)
        })
      }
      await Promise.all(plan.map(perform))
      while (await mover.move(1_000, false));
      const aside = await inbox.listSetAside({ limit: 1_000 })
      for (const one of aside) await inbox.discardSetAside(one.id)

      const acknowledged = new Map(renumbered)
      for (const { entry: one, appended } of sent)
        if (appended.outcome === 'new') acknowledged.set(appended.seq, one.row)
      const kept = new Map([...mover.moved, ...discarded, ...aside.map(({ seq, row }) => [seq, row] as const)])
      const bySeq = (of: Map<number, string>) => [...of].sort(([a], [b]) => a - b)
      expect(mover.twice).toEqual([])
      expect(bySeq(kept)).toEqual(bySeq(acknowledged))
      expect(bySeq(kept).map(([seq]) => seq)).toEqual(Array.from({ length: kept.size }, (_, n) => start + n + 1))
      expect(await inbox.depth()).toEqual({ events: 0, bytes: 0, oldest: null })

      if (plan.some((step) => step.do === 'move' && step.aside)) return
      const given = sent.filter((one) => one.entry.identity !== null)
      for (const same of Map.groupBy(given, (one) => String(one.entry.identity?.id)).values()) {
        const [first, ...more] = same.filter(({ appended }) => appended.outcome === 'new')
        expect(more).toEqual([])
        for (const other of same)
          if (other !== first)
            expect(other.appended.outcome).toBe(other.entry.row === first?.entry.row ? 'duplicate' : 'conflict')
      }
    }
    await fc.assert(fc.asyncProperty(steps, hold), { numRuns: 60 })
  })
})
