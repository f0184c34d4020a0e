import { join } from 'node:path'
import type { Bench, Found, Stage } from '../bench.ts'
import { type Postgres, rivalLicence, startPostgres, startRival } from '../contenders.ts'
import type { AskerAsks, Asking } from '../load/asker.ts'
import { median } from '../load/figures.ts'
import { aimed, say } from '../print/number.ts'
import { copyHistory } from '../rival/copy-history.ts'
import { type Role, startRole } from '../roles/start.ts'
import { askEngine, merged } from '../rollcall/engine.ts'
import type { Recorded } from '../rollcall/recorder.ts'
import { type RunningRollcall, startRollcall } from '../rollcall/rollcall.ts'
import { writeHistory } from '../workload/history.ts'
import { bodyOf, type Question, questions, rivalBodyOf } from '../workload/questions.ts'

const DAYS = 90
/** The whole history, less a day, since a question reaches back to the start of a day at most 90 days ago. */
const ASKED_DAYS = 89
const WINDOW_DAYS = 7
/** The small store holds this share of the events, the newest. */
const SMALL = 0.1

type Asker = Role<null, AskerAsks>

interface Times {
  readonly ours: number
  readonly engine: number
  readonly rowsRead: number
  readonly rival: number
  readonly total: number | undefined
}

/** What the server asks its engine for one question. */
const recordedFor = async (rollcall: RunningRollcall, ask: () => Promise<unknown>): Promise<readonly Recorded[]> => {
  await rollcall.asks.ask('record', null)
  await ask()
  return await rollcall.asks.ask('recorded', null)
}

const timed = async (
  stage: Stage,
  parts: { asker: Asker; rollcall: RunningRollcall; asking: Asking; rivalPort: number },
  question: Question,
  until: number,
): Promise<Times> => {
  const own = () =>
    parts.asker.ask('own', { asking: parts.asking, name: question.path, body: bodyOf(question, until, ASKED_DAYS) })
  const rival = () =>
    parts.asker.ask('rival', {
      port: parts.rivalPort,
      licence: rivalLicence,
      name: question.rival,
      body: rivalBodyOf(question, until, ASKED_DAYS),
    })
  const recorded = await recordedFor(parts.rollcall, own)
  const [first, other] = [await own(), await rival()]
  if (first.rows !== other.rows || (first.total !== undefined && first.total !== other.total))
    throw new Error(`${question.title}: ours ${JSON.stringify(first)}, the rival ${JSON.stringify(other)}`)
  await parts.asker.ask('replay', recorded)
  const [ours, engine, rivals]: [number[], number[], number[]] = [[], [], []]
  let rowsRead = 0
  for (let round = 0; round < (stage.quick ? 5 : 15); round++) {
    ours.push((await own()).ms)
    const replayed = await parts.asker.ask('replay', recorded)
    rowsRead = replayed.rowsRead
    engine.push(replayed.ms)
    if (round < 5) rivals.push((await rival()).ms)
  }
  return { ours: median(ours), engine: median(engine), rowsRead, rival: median(rivals), total: first.total }
}

const aims: Readonly<Record<Question['kind'], number | undefined>> = { aggregate: 10, user: 1, listing: undefined }

/** Each question over a window at the newest end of the store. */
const windowed = async (stage: Stage, asker: Asker, rollcall: RunningRollcall, asking: Asking, until: number) => {
  const times: Record<string, { ms: number; rowsRead: number }> = {}
  for (const question of questions.filter(({ windowless }) => !windowless)) {
    const own = () => asker.ask('own', { asking, name: question.path, body: bodyOf(question, until, WINDOW_DAYS) })
    const { rowsRead } = await asker.ask('replay', await recordedFor(rollcall, own))
    await own()
    const ms: number[] = []
    for (let round = 0; round < (stage.quick ? 5 : 15); round++) ms.push((await own()).ms)
    times[question.title] = { ms: median(ms), rowsRead }
  }
  return times
}

/** Every 1Kosmos query on a large history, beside the engine alone and beside the rival's table. */
export const reports: Bench = {
  name: 'reports',
  about: 'every 1Kosmos query on a large history, beside the engine alone and the rival',
  async run(stage): Promise<Found> {
    const until = Date.now()
    const rollcall = await startRollcall({ folder: stage.folder('rollcall-reports') })
    await using parts = new AsyncDisposableStack()
    parts.use(rollcall)
    const { realm, licence } = await rollcall.realm('History')
    const asking = { port: rollcall.port, licence, realm }
    const asker: Asker = parts.use(await startRole(join(import.meta.dirname, '../load/asker.ts'), {}))
    const engine = await rollcall.asks.ask('engine', null)
    const history = { realm, events: stage.events, days: DAYS, until }
    const edge = Math.floor(stage.events * (1 - SMALL))

    stage.say(`Writing the newest ${say.count(stage.events - edge)} of ${say.count(stage.events)} events`)
    await writeHistory(engine, { ...history, fromEvent: edge, toEvent: stage.events })
    await merged(engine)
    const small = await windowed(stage, asker, rollcall, asking, until)
    stage.say(`Writing the other ${say.count(edge)}`)
    await writeHistory(engine, { ...history, fromEvent: 0, toEvent: edge })
    await merged(engine)
    const large = await windowed(stage, asker, rollcall, asking, until)

    stage.say('Copying the same events to the rival, then its indexes and statistics')
    const postgres: Postgres = parts.use(await startPostgres(stage.folder('postgres-rival'), 'rival_reports'))
    await copyHistory({
      engine,
      realm,
      postgres,
      database: 'rival_reports',
      folder: stage.folder('copy'),
      events: stage.events,
    })
    const rival = parts.use(await startRival(postgres, 'rival_reports', 'one'))
    const times: Record<string, Times> = {}
    for (const question of questions) {
      stage.say(question.title)
      times[question.title] = await timed(
        stage,
        { asker, rollcall, asking, rivalPort: rival.ready.port },
        question,
        until,
      )
    }
    const disk = await (
      await askEngine(
        engine,
        "SELECT table, formatReadableSize(sum(bytes_on_disk)), count() FROM system.parts WHERE active AND database = 'rollcall' GROUP BY table ORDER BY table FORMAT TabSeparated",
      )
    ).text()

    const rows = questions.map(({ title, kind }) => {
      const { ours, engine, rowsRead, rival } = times[title] as Times
      const aim = aims[kind]
      return [
        title,
        say.ms(ours),
        say.ms(engine),
        say.ratio(ours / engine),
        aimed('1.3x', ours / engine <= 1.3),
        say.count(rowsRead),
        say.ms(rival),
        say.ratio(rival / ours),
        aim === undefined ? '' : aimed(`${aim}x`, rival / ours >= aim),
      ]
    })
    const bounded = Object.entries(large).map(([title, { ms, rowsRead }]) => {
      const before = small[title] ?? { ms: Number.NaN, rowsRead: Number.NaN }
      return [
        title,
        say.ms(before.ms),
        say.ms(ms),
        say.ratio(ms / before.ms),
        say.count(before.rowsRead),
        say.count(rowsRead),
      ]
    })
    return {
      figures: { times, small, large, disk: disk.trim().split('\n'), postgres: postgres.ready.settings },
      tables: [
        {
          title: `${say.count(stage.events)} events over ${DAYS} days, ${ASKED_DAYS} days asked, first page of 25 with total (medians, ms)`,
          head: ['', 'ours', 'engine', 'ours/engine', 'aim', 'rows read', 'rival', 'rival/ours', 'aim'],
          rows,
          notes: [
            'engine: the very requests that the server sent it, sent again without the server; rival: bench/rival/questions.ts on bench/rival/indexes.sql, over its own HTTP route',
          ],
        },
        {
          title: `The same ${WINDOW_DAYS} days asked with ${say.count(stage.events - edge)} and ${say.count(stage.events)} events stored (medians, ms)`,
          head: ['', 'small', 'large', 'large/small', 'rows read', 'rows read'],
          rows: bounded,
        },
      ],
    }
  },
}
