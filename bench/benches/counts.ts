import pg from 'pg'
import { mintRealm } from '../../server/src/core/realm.ts'
import { uuidOf } from '../../server/src/core/uuid.ts'
import { connect } from '../../server/test/surfaces/onekosmos/client.ts'
import type { Bench, Found, Stage } from '../bench.ts'
import { startPostgres } from '../contenders.ts'
import { timedCall } from '../load/call.ts'
import { median } from '../load/figures.ts'
import { say } from '../print/number.ts'
import { copyHistory } from '../rival/copy-history.ts'
import { askEngine, type EngineAddress, merged } from '../rollcall/engine.ts'
import { type RealmId, type RunningRollcall, startRollcall } from '../rollcall/rollcall.ts'
import { type Count, counts, type Figure, type Span } from '../workload/counts.ts'
import { writeHistory } from '../workload/history.ts'

const DAYS = 90
/** The whole history, less a day, since a metric reaches back 90 days at most. */
const ASKED_DAYS = 89
const DAY_MS = 86_400_000
const DATABASE = 'rival_counts'

interface Answer {
  readonly ms: number
  readonly figures: readonly Figure[]
  readonly rowsRead?: number
}
type Ask = () => Promise<Answer>

/** Figures in one order, so that two answers can be compared as texts. */
const inOrder = (figures: readonly Figure[]): readonly Figure[] =>
  figures.map((figure) => [...figure]).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))

const same = (a: readonly Figure[], b: readonly Figure[]): boolean => JSON.stringify(a) === JSON.stringify(b)

type Json = Readonly<Record<string, unknown>>

/** What an answer of the server says, as figures. */
const figuresOf = ({ list }: Count, answer: Json): Figure[] => {
  if (typeof answer.count === 'number') return [[answer.count]]
  if (list !== undefined)
    return (answer[list] as Json[]).map(
      ({ interval, time, name, count }) =>
        [interval, time, name, count].filter((part) => part !== undefined) as (string | number)[],
    )
  const totals = answer.applicationTotals as Record<string, Record<string, number>>
  return Object.entries(totals).map(([id, { logins = 0, registrations = 0, totalRegistrations = 0 }]) => [
    id,
    logins,
    registrations,
    totalRegistrations,
  ])
}

/** How each count is asked of the server, over HTTP as its clients ask. */
const createOwn = async (rollcall: RunningRollcall, realm: RealmId, licence: string) => {
  const { secret } = (await rollcall.call('POST', '/v1/keys', { kind: 'api', name: 'bench', realm })) as {
    secret: string
  }
  const client = await connect({ service: `${rollcall.url}/reports`, licence })
  const minted = mintRealm(realm.tenantId, realm.communityId)
  return (count: Count, span: Span): Ask => {
    const { asked } = count
    const query = new URLSearchParams({ start: String(span.from), end: String(span.to) })
    if (asked.application !== undefined) query.set('applicationId', uuidOf(minted, asked.application))
    return async () => {
      const answer = await timedCall(
        'report' in asked
          ? {
              port: rollcall.port,
              method: 'GET',
              path: `/api/report/${asked.report}${asked.report === 'totals' ? '' : `?${query}`}`,
              headers: { authorization: secret },
              body: '',
            }
          : {
              port: rollcall.port,
              method: 'POST',
              path: `/reports/tenant/${realm.tenantId}/community/${realm.communityId}/metrics`,
              headers: client.headers(),
              // Its end is not a part of a metric's span.
              body: JSON.stringify({ metricsName: asked.metric, from: span.from, to: span.to + 1 }),
            },
      )
      if (answer.status !== 200) throw new Error(`${count.title} was answered with ${answer.status}: ${answer.body}`)
      return { ms: answer.ms, figures: inOrder(figuresOf(count, JSON.parse(answer.body.toString()))) }
    }
  }
}

/** The plain question, asked of the engine as directly as the server would ask it. */
const rawOf =
  (engine: EngineAddress, realm: RealmId) =>
  (count: Count, span: Span): Ask => {
    const events = `rollcall.events WHERE tenant_id = '${realm.tenantId}' AND community_id = '${realm.communityId}'`
    const text = `${count.raw(span, events)} FORMAT JSONCompact SETTINGS output_format_json_quote_64bit_integers = 0`
    const minted = mintRealm(realm.tenantId, realm.communityId)
    const isTotals = count.list === undefined
    return async () => {
      const began = performance.now()
      const answer = (await (await askEngine(engine, text)).json()) as {
        data: Figure[]
        statistics: { rows_read: number }
      }
      const ms = performance.now() - began
      const figures = answer.data.map(([first = '', ...rest]) => [
        isTotals ? uuidOf(minted, String(first)) : first,
        ...rest,
      ])
      return { ms, figures: inOrder(figures), rowsRead: answer.statistics.rows_read }
    }
  }

const rivalOf =
  (pool: pg.Pool) =>
  (text: string): Ask =>
  async () => {
    const began = performance.now()
    const { rows } = await pool.query({ text, rowMode: 'array' })
    const ms = performance.now() - began
    return { ms, figures: inOrder(rows as Figure[]) }
  }

/** The middle of some askings, after one that is not counted. */
const repeated = async (rounds: number, ask: Ask): Promise<Answer> => {
  const first = await ask()
  const times: number[] = []
  for (let round = 0; round < rounds; round++) times.push((await ask()).ms)
  return { ...first, ms: median(times) }
}

/** Rows that the engine reads for one answer of the server, of all that it asks for it. */
const rowsReadFor = async (rollcall: RunningRollcall, ask: Ask): Promise<number> => {
  await rollcall.asks.ask('record', null)
  await ask()
  let rows = 0
  for (const request of await rollcall.asks.ask('recorded', null)) {
    const path = request.path.replace(/query_id=[^&]*/, `query_id=bench-${crypto.randomUUID()}`)
    const { headers } = await timedCall({ ...request, path })
    rows += Number(JSON.parse(String(headers['x-clickhouse-summary'] ?? '{}')).read_rows ?? 0)
  }
  return rows
}

interface Times {
  readonly ours: number
  readonly rowsRead: number
  readonly raw: number
  readonly rawRowsRead: number
  readonly rival: number | undefined
  readonly figures: number
}

interface Asks {
  readonly own: Ask
  readonly raw: Ask
  readonly rival: Ask | undefined
}

const timed = async (stage: Stage, rollcall: RunningRollcall, title: string, asks: Asks): Promise<Times> => {
  const rounds = stage.quick ? 3 : 7
  const rowsRead = await rowsReadFor(rollcall, asks.own)
  const ours = await repeated(rounds, asks.own)
  const raw = await repeated(rounds, asks.raw)
  const rival = asks.rival && (await repeated(stage.quick ? 1 : 3, asks.rival))
  for (const [name, other] of [['the engine', raw] as const, ['the rival', rival] as const])
    if (other && !same(ours.figures, other.figures))
      throw new Error(
        `${title}: ours ${JSON.stringify(ours.figures).slice(0, 500)}, ${name} ${JSON.stringify(other.figures).slice(0, 500)}`,
      )
  return {
    ours: ours.ms,
    rowsRead,
    raw: raw.ms,
    rawRowsRead: raw.rowsRead ?? Number.NaN,
    rival: rival?.ms,
    figures: ours.figures.length,
  }
}

/** What is counted over time, from rollups and states, beside the plain questions. */
export const countsBench: Bench = {
  name: 'counts',
  about: 'Passport’s reports and 1Kosmos metrics over 90 days, beside a plain count by the engine and by the rival',
  async run(stage): Promise<Found> {
    const until = Date.now()
    const span = { from: until - ASKED_DAYS * DAY_MS, to: until }
    await using parts = new AsyncDisposableStack()
    const rollcall = parts.use(await startRollcall({ folder: stage.folder('rollcall-counts') }))
    const { realm, licence } = await rollcall.realm('Counts')
    const own = await createOwn(rollcall, realm, licence)
    const engine = await rollcall.asks.ask('engine', null)
    stage.say(`Writing ${say.count(stage.events)} events, without bodies`)
    const all = { fromEvent: 0, toEvent: stage.events, events: stage.events }
    await writeHistory(engine, { realm, ...all, days: DAYS, until, bodies: false })
    stage.say('Waiting for merges')
    await merged(engine)
    stage.say('Copying the same events to the rival, then its indexes and statistics')
    const postgres = parts.use(await startPostgres(stage.folder('postgres-rival'), DATABASE))
    await copyHistory({
      engine,
      realm,
      postgres,
      database: DATABASE,
      folder: stage.folder('copy'),
      events: stage.events,
      bodies: false,
    })
    const pool = new pg.Pool({ connectionString: `${postgres.ready.url}${DATABASE}`, max: 1 })
    parts.defer(() => pool.end())
    const raw = rawOf(engine, realm)
    const rival = rivalOf(pool)
    const times: Record<string, Times> = {}
    for (const count of counts) {
      stage.say(count.title)
      times[count.title] = await timed(stage, rollcall, count.title, {
        own: own(count, span),
        raw: raw(count, span),
        rival: count.rival && rival(count.rival(span)),
      })
    }
    return {
      figures: { times, postgres: postgres.ready.settings },
      tables: [
        {
          title: `${say.count(stage.events)} events over ${DAYS} days, ${ASKED_DAYS} days counted (medians, ms)`,
          head: ['', 'ours', 'rows read', 'plain', 'rows read', 'plain/ours', 'rival', 'rival/ours', 'figures'],
          rows: Object.entries(times).map(([title, found]) => [
            title,
            say.ms(found.ours),
            say.count(found.rowsRead),
            say.ms(found.raw),
            say.count(found.rawRowsRead),
            say.ratio(found.raw / found.ours),
            found.rival === undefined ? '' : say.ms(found.rival),
            found.rival === undefined ? '' : say.ratio(found.rival / found.ours),
            `${say.count(found.figures)} equal`,
          ]),
          notes: [
            'ours: the whole answer over HTTP; plain: the question asked of the engine over the table of events; rival: SQL over',
            'bench/rival/indexes.sql on a kept connection, without a body in any row. Every figure of all three is the same, or the bench fails.',
          ],
        },
      ],
    }
  },
}
