import { expect, test } from 'vitest'
import { engines, openStore } from '../contract/engines.ts'
import { openWorld } from '../contract/events-engine.ts'
import { noDifferences, rollupDifferences } from '../crash/judge.ts'
import { append, drained, idsOf, move, newRealm, sent } from './mover-setting.ts'

/** Every other month of twenty years; on PostgreSQL one a year, since the store is the same and each month is an insert. */
const steps = { SQLite: 2, PostgreSQL: 12 }

test.each(engines)(
  'an import of twenty years arrives whole and once, from the inbox on $engine',
  async ({ engine, start }) => {
    await using world = await openWorld()
    await using host = await start()
    await using control = await openStore(await host.freshUrl())
    const realm = newRealm()
    const step = steps[engine as keyof typeof steps]
    const months = Array.from({ length: 240 / step }, (_, n) => Date.UTC(2005, n * step, 1 + (n % 28)))
    const entries = Array.from({ length: 4_800 }, (_, n) =>
      sent(realm, `event-${n}`, (months[n % months.length] ?? 0) + n),
    )
    await append(control.inbox, entries)
    await using _ = move(control.inbox, world.store)
    await drained(control.inbox)
    expect(await idsOf(world, realm)).toEqual(entries.map((_, n) => `event-${n}`).toSorted())
    expect(await rollupDifferences(world.app)).toEqual(noDifferences)
    expect(await control.inbox.watermark()).toBe(4_800)
  },
)
