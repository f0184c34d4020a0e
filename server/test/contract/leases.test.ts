import { expect, test } from 'vitest'
import { mintRealm } from '../../src/core/realm.ts'
import { engines, openStore } from './engines.ts'

const NOW = Date.UTC(2026, 0, 15)
const LONG = 3_600_000

test.each(engines)(
  'a process that knows the others to be dead takes every lease at once on $engine',
  async ({ start }) => {
    await using host = await start()
    await using store = await openStore(await host.freshUrl(), { now: () => NOW })
    const { inbox, control } = store
    await control.jobs.create(mintRealm('t', 'c'), {
      id: 'a',
      kind: 'export',
      owner: 'ann',
      requestedBy: 'ann',
      payload: {},
      mostAttempts: 3,
      createdAt: NOW - 1,
    })
    const take = async (holder: string) => ({
      mover: await inbox.lease(holder, LONG),
      mirror: await control.directory.outbox.lease(holder, LONG),
      ticker: await control.subscriptions.lease(holder, NOW, LONG),
      job: (await control.jobs.claim({ kinds: ['export'], holder, now: NOW, leaseMs: LONG }))?.lease,
    })
    const before = await take('dead')
    expect(await take('alive')).toEqual({ mover: null, mirror: null, ticker: null, job: undefined })
    await store.endLeases()
    const after = await take('alive')
    for (const [name, lease] of Object.entries(before))
      expect(after[name as keyof typeof after]?.fence, name).toBe((lease?.fence ?? Number.NaN) + 1)
    if (!before.mover) throw new Error('Nobody held the mover’s lease')
    await expect(inbox.settle(before.mover, 0)).rejects.toThrow('no longer held')
  },
)
