import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Bench, Found } from '../bench.ts'
import { median } from '../load/figures.ts'
import type { GeneratorAsks } from '../load/generator.ts'
import { aimed, say } from '../print/number.ts'
import { residentBytes } from '../proc.ts'
import { startRole } from '../roles/start.ts'
import { askEngine, type EngineAddress, merged } from '../rollcall/engine.ts'
import { type RealmId, type RunningRollcall, startRollcall } from '../rollcall/rollcall.ts'
import { writeHistory } from '../workload/history.ts'
import type { Target } from '../workload/requests.ts'

const DAYS = 60
const SAMPLE_MS = 100
const MIB = 1_048_576
/** A slow line: so many bytes a second. */
const SLOW = 8 * MIB
const QUEUED = 200
/** Connections over which single events come in beside an export. */
const CONNECTIONS = 32

interface Job {
  readonly id: string
  readonly status: string
  readonly reason: string | null
  readonly rows: number
  readonly bytes: number
}

/** Runs work and answers its seconds and the most memory that both processes had meanwhile, in bytes. */
const measured = async <T>(rollcall: RunningRollcall, work: () => Promise<T>) => {
  let [server, engine] = [0, 0]
  const timer = setInterval(() => {
    server = Math.max(server, residentBytes(rollcall.pid))
    engine = Math.max(engine, residentBytes(rollcall.enginePid))
  }, SAMPLE_MS)
  const began = performance.now()
  try {
    const answer = await work()
    return { answer, seconds: (performance.now() - began) / 1_000, server, engine }
  } finally {
    clearInterval(timer)
  }
}

const at = (realm: RealmId): string => `/v1/realms/${realm.tenantId}/${realm.communityId}`

const ended = async (rollcall: RunningRollcall, realm: RealmId, id: string): Promise<Job> => {
  for (;;) {
    const job = (await rollcall.call('GET', `${at(realm)}/jobs/${id}`)) as Job
    if (job.status === 'failed') throw new Error(`An export failed: ${job.reason}`)
    if (job.status === 'completed') return job
    await pause(20)
  }
}

/** Waits for many jobs by looking at their list now and then. */
const allEnded = async (rollcall: RunningRollcall, realm: RealmId, ids: ReadonlySet<string>): Promise<void> => {
  for (;;) {
    const { jobs } = (await rollcall.call('GET', `${at(realm)}/jobs?limit=1000`)) as { jobs: readonly Job[] }
    const own = jobs.filter(({ id }) => ids.has(id))
    const failed = own.find(({ status }) => status === 'failed')
    if (failed) throw new Error(`A download failed: ${failed.reason}`)
    if (own.every(({ status }) => status === 'completed')) return
    await pause(500)
  }
}

const exported = async (rollcall: RunningRollcall, realm: RealmId, body: object): Promise<Job> => {
  const { id } = (await rollcall.call('POST', `${at(realm)}/exports`, { report: 'event-search', ...body })) as Job
  return await ended(rollcall, realm, id)
}

/** The same rows as CSV out of the engine alone, in the same order, read and thrown away. */
const engineAlone = async (engine: EngineAddress, realm: RealmId, columns: string): Promise<number> => {
  const answer = await askEngine(
    engine,
    `SELECT ${columns} FROM rollcall.events FINAL
     WHERE tenant_id = '${realm.tenantId}' AND community_id = '${realm.communityId}'
     ORDER BY event_ts DESC, event_id DESC FORMAT CSV SETTINGS do_not_merge_across_partitions_select_final = 1`,
  )
  let bytes = 0
  for await (const chunk of answer.body ?? []) bytes += chunk.byteLength
  return bytes
}

const readSlowly = async (rollcall: RunningRollcall, realm: RealmId, id: string): Promise<number> => {
  const answer = await fetch(`${rollcall.url}${at(realm)}/jobs/${id}/file`, {
    headers: { authorization: `Bearer ${rollcall.adminKey}`, 'accept-encoding': 'identity' },
  })
  let bytes = 0
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.byteLength
    await pause((chunk.byteLength / SLOW) * 1_000)
  }
  return bytes
}

/** The columns of the report that is exported, and what is read of events that go out as they were sent. */
const searched = 'event_ts, event_id, event_name, action, outcome, user_id, application, ip'
const sent = 'event_ts, event_id, event_name, raw'

/** Files of a large history: how fast, with how much memory, and what becomes of everything else meanwhile. */
export const exports: Bench = {
  name: 'exports',
  about: 'a million rows as CSV beside the engine alone, memory, sending and asking meanwhile, 200 queued downloads',
  async run(stage): Promise<Found> {
    const events = stage.quick ? 50_000 : 1_000_000
    await using rollcall = await startRollcall({ folder: stage.folder('rollcall-exports') })
    const { realm, licence } = await rollcall.realm('Exports')
    const engine = await rollcall.asks.ask('engine', null)
    stage.say(`Writing ${say.count(events)} events`)
    await writeHistory(engine, { realm, events, fromEvent: 0, toEvent: events, days: DAYS, until: Date.now() })
    await merged(engine)
    const span = { from: Date.now() - (DAYS + 1) * 86_400_000 }

    const alone: number[] = []
    const ours: Awaited<ReturnType<typeof measured<Job>>>[] = []
    for (let round = 0; round <= stage.rounds; round++) {
      alone.push((await measured(rollcall, () => engineAlone(engine, realm, searched))).seconds)
      ours.push(await measured(rollcall, () => exported(rollcall, realm, { ...span, format: 'csv' })))
    }
    const seconds = median(ours.map((one) => one.seconds))
    const share = median(alone) / seconds
    const asSent = await measured(rollcall, () => exported(rollcall, realm, { ...span, format: 'csv', as: 'events' }))
    const sentAloneAsCsv = await measured(rollcall, () => engineAlone(engine, realm, sent))
    const shareAsSent = sentAloneAsCsv.seconds / asSent.seconds
    const file = ours.at(-1)?.answer
    if (file?.rows !== events) throw new Error(`The export has ${file?.rows} rows, not ${events}`)
    const slowly = await measured(rollcall, () => readSlowly(rollcall, realm, file.id))

    stage.say('Sending single events alone, and beside an export')
    await using generator = await startRole<null, GeneratorAsks>(join(import.meta.dirname, '../load/generator.ts'), {})
    const target: Target = {
      form: 'sealed',
      port: rollcall.port,
      realm,
      licence,
      serviceKey: await rollcall.serviceKey('events'),
    }
    const sending = async (run: string): Promise<number> => {
      const length = stage.quick ? { warm: 1, seconds: 3, most: 60_000 } : { warm: 3, seconds: 10, most: 200_000 }
      return (await generator.ask('put', { target, run, connections: CONNECTIONS, ...length })).perSecond
    }
    const sentAlone = await sending('alone')
    let beside = true
    const exporting = (async () => {
      while (beside) await exported(rollcall, realm, { ...span, format: 'csv' })
    })()
    const sentBeside = await sending('beside')
    beside = false
    await exporting

    stage.say(`${QUEUED} downloads wait, and questions are asked`)
    const ask = async (): Promise<number> => {
      const one = await measured(rollcall, () => rollcall.call('POST', `${at(realm)}/reports/application-usage`, {}))
      return one.seconds * 1_000
    }
    await ask()
    const askedAlone: number[] = []
    for (let n = 0; n < 10; n++) askedAlone.push(await ask())
    const askedBeside: number[] = []
    const queue = await measured(rollcall, async () => {
      const jobs = await Promise.all(
        Array.from({ length: QUEUED }, (_, n) =>
          rollcall.call('POST', `${at(realm)}/exports`, { report: 'event-search', ...span, limit: 5_000, skip: n }),
        ),
      )
      const all = allEnded(rollcall, realm, new Set(jobs.map((job) => (job as Job).id)))
      let done = false
      const finished = all.finally(() => {
        done = true
      })
      while (!done) askedBeside.push(await ask())
      return await finished
    })
    const memoryOf = ({ server, engine: of }: { server: number; engine: number }): string =>
      `${say.mebibytes(server)} and ${say.mebibytes(of)}`
    return {
      tables: [
        {
          title: `${say.count(events)} rows as a file`,
          notes: ['Memory is the most that the server and its engine had, resident.'],
          head: ['what', 'seconds', 'rows/s', 'memory', 'aim'],
          rows: [
            ['the engine alone, CSV', median(alone).toFixed(2), say.count(events / median(alone)), '', ''],
            [
              'export of event-search, CSV',
              seconds.toFixed(2),
              say.count(events / seconds),
              memoryOf(ours.at(-1) ?? { server: 0, engine: 0 }),
              aimed(`half the engine's speed (${say.percent(share)})`, share >= 0.5),
            ],
            [
              'the engine alone, what was sent of events as CSV',
              sentAloneAsCsv.seconds.toFixed(2),
              say.count(events / sentAloneAsCsv.seconds),
              '',
              '',
            ],
            [
              'events as they were sent, CSV',
              asSent.seconds.toFixed(2),
              say.count(events / asSent.seconds),
              memoryOf(asSent),
              aimed(`half the engine's speed (${say.percent(shareAsSent)})`, shareAsSent >= 0.5),
            ],
            [`its file, read at ${say.mebibytes(SLOW)}/s`, slowly.seconds.toFixed(2), '', memoryOf(slowly), ''],
          ],
        },
        {
          title: 'What goes on beside exports',
          head: ['what', 'alone', 'beside', 'aim'],
          rows: [
            [
              `single events taken in over ${CONNECTIONS} connections, per second`,
              say.count(sentAlone),
              say.count(sentBeside),
              aimed('two thirds', sentBeside >= (sentAlone * 2) / 3),
            ],
            [
              `a question, median ms (${QUEUED} downloads of 5,000 rows: ${queue.seconds.toFixed(1)} s)`,
              say.ms(median(askedAlone)),
              `${say.ms(median(askedBeside))}, at most ${say.ms(Math.max(...askedBeside))}`,
              '',
            ],
          ],
        },
      ],
      figures: {
        events,
        alone,
        ours,
        asSent,
        slowly,
        sentAlone,
        sentBeside,
        askedAlone,
        askedBeside,
        queue: queue.seconds,
      },
    }
  },
}
