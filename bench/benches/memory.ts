import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Bench, Found } from '../bench.ts'
import type { GeneratorAsks } from '../load/generator.ts'
import { aimed, say } from '../print/number.ts'
import { proportionalBytes, residentBytes } from '../proc.ts'
import { startRole } from '../roles/start.ts'
import { startRollcall } from '../rollcall/rollcall.ts'

const IDLE_MOST = 500_000_000
const SAMPLE_MS = 100

interface Sample {
  readonly at: number
  readonly server: number
  readonly engine: number
}

const peak = (samples: readonly Sample[]): Omit<Sample, 'at'> => ({
  server: Math.max(...samples.map(({ server }) => server)),
  engine: Math.max(...samples.map(({ engine }) => engine)),
})

/** Resident memory of the server and its engine, at rest and while very many events stream in. */
export const memory: Bench = {
  name: 'memory',
  about: 'resident memory of both processes, at rest and while a million events stream in',
  async run(stage): Promise<Found> {
    const events = stage.quick ? 100_000 : 1_000_000
    await using rollcall = await startRollcall({ folder: stage.folder('rollcall-memory') })
    const { realm } = await rollcall.realm('Memory')
    await pause(stage.quick ? 3_000 : 15_000)
    const look = (): Sample => ({
      at: Date.now(),
      server: residentBytes(rollcall.pid),
      engine: residentBytes(rollcall.enginePid),
    })
    const idle = look()
    const shared = { server: proportionalBytes(rollcall.pid), engine: proportionalBytes(rollcall.enginePid) }
    stage.say(
      `At rest ${say.mebibytes(idle.server)} and ${say.mebibytes(idle.engine)}; streaming ${say.count(events)} events`,
    )
    await using generator = await startRole<null, GeneratorAsks>(join(import.meta.dirname, '../load/generator.ts'), {})
    const samples: Sample[] = []
    const timer = setInterval(() => samples.push(look()), SAMPLE_MS)
    const sent = await generator.ask('stream', {
      port: rollcall.port,
      path: `/v1/realms/${realm.tenantId}/${realm.communityId}/events`,
      key: rollcall.adminKey,
      run: 'memory',
      events,
      streams: 1,
      days: 30,
      prepared: false,
    })
    await rollcall.settled()
    const settled = Date.now()
    await pause(3_000)
    clearInterval(timer)
    const ends = [...sent.quarters.slice(0, 3), sent.acknowledged, settled, Number.POSITIVE_INFINITY]
    const names = [
      'first quarter',
      'second quarter',
      'third quarter',
      'fourth quarter',
      'until all is in the store',
      'three seconds after',
    ]
    const peaks = names.map((name, index) => {
      const from = index === 0 ? 0 : (ends[index - 1] ?? 0)
      const within = samples.filter(({ at }) => at > from && at <= (ends[index] ?? 0))
      return { name, ...(within.length > 0 ? peak(within) : { server: Number.NaN, engine: Number.NaN }) }
    })
    const sum = shared.server + shared.engine
    const row = (name: string, one: Omit<Sample, 'at'>, aim = ''): string[] =>
      Number.isNaN(one.server)
        ? [name, '-', '-', '-', aim]
        : [name, say.mebibytes(one.server), say.mebibytes(one.engine), say.mebibytes(one.server + one.engine), aim]
    return {
      figures: { idle, shared, events, sent, settled, peaks, samples },
      tables: [
        {
          title: `Resident memory while ${say.count(events)} events stream in as NDJSON (peaks)`,
          head: ['', 'server', 'engine', 'both', 'aim'],
          rows: [
            row('at rest', idle),
            row('at rest, pages of both counted once', shared, aimed('under 500 MB', sum < IDLE_MOST)),
            ...peaks.map(({ name, ...one }) => row(name, one)),
          ],
        },
      ],
    }
  },
}
