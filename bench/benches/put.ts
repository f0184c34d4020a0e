import { join } from 'node:path'
import type { Bench, Found, Stage, Table } from '../bench.ts'
import { type Contender, ceiling, ours, POOL, type Running, rival } from '../contenders.ts'
import type { AskerAsks } from '../load/asker.ts'
import { median } from '../load/figures.ts'
import type { GeneratorAsks, PutRun } from '../load/generator.ts'
import type { LoadFigures } from '../load/load.ts'
import { aimed, say } from '../print/number.ts'
import { cpuSeconds } from '../proc.ts'
import { type Role, startRole } from '../roles/start.ts'
import { merged } from '../rollcall/engine.ts'
import type { RunningRollcall } from '../rollcall/rollcall.ts'
import { writeHistory } from '../workload/history.ts'
import { writeIds } from '../workload/ids.ts'
import { bodyOf, questions } from '../workload/questions.ts'

const CONNECTIONS = [32, 256] as const
const DAYS = 90

interface Measured extends LoadFigures {
  readonly name: string
  readonly connections: number
  /** Microseconds of processor time, of all its processes, for each event. */
  readonly cpuPerEvent: number
  readonly reports?: { readonly answers: number; readonly p50: number }
}

const lengths = (stage: Stage): Pick<PutRun, 'warm' | 'seconds' | 'most'> =>
  stage.quick ? { warm: 1, seconds: 3, most: 60_000 } : { warm: 3, seconds: 10, most: 200_000 }

/** A history of some size in a realm of its own, so that reports in flight have something to read. */
const withHistory = async (stage: Stage, rollcall: RunningRollcall) => {
  stage.say(`Writing ${say.count(stage.events)} events for the reports to read`)
  const { realm, licence } = await rollcall.realm('History')
  const until = Date.now()
  const history = { realm, events: stage.events, fromEvent: 0, toEvent: stage.events, days: DAYS, until }
  const engine = await rollcall.asks.ask('engine', null)
  await writeHistory(engine, history)
  await merged(engine)
  return { realm, licence, until }
}

type Known = Awaited<ReturnType<typeof withHistory>>

/** Asks four questions at once while something runs, without a pause. */
const withReports = async <T>(stage: Stage, running: Running, known: Known, work: () => Promise<T>) => {
  await using asker = await startRole<null, AskerAsks>(join(import.meta.dirname, '../load/asker.ts'), {})
  const asking = { port: running.target.port, licence: known.licence, realm: known.realm }
  await asker.ask('begin', {
    atOnce: 4,
    questions: questions.map((question) => ({
      asking,
      name: question.path,
      body: bodyOf(question, known.until, stage.quick ? 30 : 89),
    })),
  })
  const found = await work()
  return { found, reports: await asker.ask('end', null) }
}

/** Starts a contender once, so that its store is there, and fills its window of ids while it is stopped. */
const fillIds = async (stage: Stage, start: Contender['start']): Promise<void> => {
  if (stage.ids === 0) return
  stage.say(`Writing ${say.count(stage.ids)} ids, so that as many are remembered`)
  await (await start())[Symbol.asyncDispose]()
  writeIds(stage.folder('rollcall-sqlite'), stage.ids)
}

let runs = 0

const measure = async (stage: Stage, running: Running, generator: Role<null, GeneratorAsks>, connections: number) => {
  // Processor time is read over the whole run, warming up included, and divided by the events of all of it.
  const { warm, seconds } = lengths(stage)
  const before = cpuSeconds(running.pids)
  const run = `${process.pid}-${++runs}`
  const figures = await generator.ask('put', { target: running.target, run, connections, ...lengths(stage) })
  const cpu = cpuSeconds(running.pids) - before
  return { ...figures, cpuPerEvent: ((cpu / (warm + seconds)) * 1e6) / figures.perSecond }
}

const OURS = 'ours'
const WITH_REPORTS = 'ours, 4 reports in flight'

const tableOf = (figures: readonly Measured[], connections: number, notes: readonly string[]): Table => {
  const runsOf = (name: string) => figures.filter((one) => one.name === name && one.connections === connections)
  const medianOf = (name: string, what: 'perSecond' | 'p50' | 'p99' | 'cpuPerEvent' | 'generatorCpu'): number =>
    median(runsOf(name).map((one) => one[what]))
  const sqlite = medianOf(OURS, 'perSecond')
  const against = connections === 32 ? 3 : 5
  const aims: Readonly<Record<string, (ratio: number) => string>> = {
    'rival, one insert': (ratio) => aimed(`${against}x`, ratio >= against),
    'rival, group commit': (ratio) => aimed('1x', ratio >= 1),
    ceiling: (ratio) => aimed('0.5x', ratio >= 0.5),
  }
  const rows = [...new Set(figures.map(({ name }) => name))].map((name) => {
    const ratio = sqlite / medianOf(name, 'perSecond')
    return [
      name,
      say.count(medianOf(name, 'perSecond')),
      say.ms(medianOf(name, 'p50')),
      say.ms(medianOf(name, 'p99')),
      say.count(medianOf(name, 'cpuPerEvent')),
      say.percent(medianOf(name, 'generatorCpu')),
      name === OURS ? '' : say.ratio(ratio),
      Number.isNaN(ratio) ? '' : (aims[name]?.(ratio) ?? ''),
    ]
  })
  const slower = medianOf(WITH_REPORTS, 'p50') / medianOf(OURS, 'p50')
  const fourReports = `median acknowledgement with 4 reports in flight: ${say.ratio(slower)} (${aimed('under 2x', slower < 2)})`
  return {
    title: `Durable single-event PUT, ${connections} connections (medians of the runs)`,
    head: ['', 'events/s', 'p50 ms', 'p99 ms', 'CPU us/event', 'generator', 'ours / this', 'aim'],
    rows,
    notes: [...(Number.isNaN(slower) ? [] : [fourReports]), ...notes],
  }
}

/** Single events over HTTP, acknowledged when durable, beside the rival and the ceiling. */
export const put: Bench = {
  name: 'put',
  about: 'single durable events with encrypted headers and body, 32 and 256 connections',
  async run(stage): Promise<Found> {
    const sqlite = ours(stage, 'sqlite', OURS)
    const all: readonly Contender[] = [
      sqlite,
      rival(stage, 'one'),
      ours(stage, 'postgres', 'ours, state on PostgreSQL'),
      rival(stage, 'groups'),
      ceiling(),
      { name: WITH_REPORTS, start: sqlite.start },
    ]
    const contenders = all.filter(({ name }) => name.includes(stage.only))
    const figures: Measured[] = []
    let known: Known | undefined
    await using generator = await startRole<null, GeneratorAsks>(join(import.meta.dirname, '../load/generator.ts'), {})
    for (let round = 1; round <= stage.rounds; round++)
      for (const { name, start } of contenders) {
        if (name === OURS && round === 1) await fillIds(stage, start)
        await using running = await start()
        if (name === WITH_REPORTS && running.rollcall) known ??= await withHistory(stage, running.rollcall)
        const history = known
        for (const connections of CONNECTIONS) {
          const work = () => measure(stage, running, generator, connections)
          const found =
            name === WITH_REPORTS && history
              ? await withReports(stage, running, history, work).then(({ found, reports }) => ({ ...found, reports }))
              : await work()
          const one: Measured = { name, connections, ...found }
          figures.push(one)
          stage.say(
            `round ${round}: ${name}, ${connections} connections: ${say.count(one.perSecond)}/s, p50 ${say.ms(one.p50)} ms, p99 ${say.ms(one.p99)} ms` +
              (one.reports ? `; ${one.reports.answers} reports, p50 ${say.ms(one.reports.p50)} ms` : ''),
          )
        }
      }
    const notes = [
      `rival: bench/rival/server.ts, pool of ${POOL}, named prepared statements, fsync on, synchronous_commit on, plain JSON; ceiling: bench/ceiling/server.ts`,
    ]
    return { tables: CONNECTIONS.map((connections) => tableOf(figures, connections, notes)), figures }
  },
}
