import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import type { Bench, Found, Stage } from '../bench.ts'
import { profiled } from '../contenders.ts'
import { median } from '../load/figures.ts'
import type { GeneratorAsks } from '../load/generator.ts'
import { aimed, say } from '../print/number.ts'
import { type Role, startRole } from '../roles/start.ts'
import { askEngine } from '../rollcall/engine.ts'
import { startRollcall } from '../rollcall/rollcall.ts'

/** Rows of one direct insert. */
const BLOCK = 50_000
/** Events of the last day are told apart by the window of ids; older ones are looked up in the store besides. */
const CASES = [
  { title: 'of the last day, 1 stream', streams: 1, days: 1 },
  { title: 'of the last day, 4 streams', streams: 4, days: 1 },
  { title: 'of the last 60 days, 4 streams', streams: 4, days: 60 },
] as const
type Case = (typeof CASES)[number]

interface Ingested {
  readonly title: string
  /** Events per second until the last was acknowledged, and until all were in the store. */
  readonly acknowledged: number
  readonly stored: number
}

const stored = `seq, tenant_id, community_id, event_id, dialect, event_name, action, outcome, category, kind,
  toUnixTimestamp64Milli(event_ts) AS event_ts, toUnixTimestamp64Milli(received_ts) AS received_ts, local_hour, actor_type, actor_id,
  user_id, login_id, person_id, device_id, session_id, application, auth_method, auth_module, reason, object_type,
  object_id, ip, raw`

/** Sends events through the native API, and answers the rows that arrived, as the lines that the store takes. */
const ingest = async (
  stage: Stage,
  generator: Role<null, GeneratorAsks>,
  { title, streams, days }: Case,
  events: number,
  name: string,
) => {
  await using rollcall = await startRollcall({ folder: stage.folder(name), ...profiled(stage) })
  const { realm } = await rollcall.realm('Batch')
  const begun = await generator.ask('stream', {
    port: rollcall.port,
    path: `/v1/realms/${realm.tenantId}/${realm.communityId}/events`,
    key: rollcall.adminKey,
    run: name,
    events,
    streams,
    days,
    prepared: true,
  })
  await rollcall.settled()
  const settled = Date.now()
  const engine = await rollcall.asks.ask('engine', null)
  const answer = await askEngine(
    engine,
    `SELECT ${stored} FROM rollcall.events FORMAT JSONEachRow SETTINGS output_format_json_quote_64bit_integers = 0, output_format_json_escape_forward_slashes = 0`,
  )
  // The store is sent no empty column; neither is it here.
  const rows: string[] = []
  if (answer.body)
    for await (const line of createInterface({ input: Readable.fromWeb(answer.body) }))
      rows.push(line.replaceAll(/"[a-z_]+":"",/g, ''))
  if (rows.length !== events) throw new Error(`Of ${events} events ${rows.length} are in the store`)
  const seconds = (until: number): number => (until - begun.begun) / 1000
  const ingested: Ingested = {
    title,
    acknowledged: events / seconds(begun.acknowledged),
    stored: events / seconds(settled),
  }
  return { ingested, rows }
}

const insertSettings = `SETTINGS input_format_try_infer_dates = 0, input_format_try_infer_datetimes = 0, type_json_skip_duplicated_paths = 1,
  max_insert_block_size = 1048576, min_insert_block_size_rows = 1048576, min_insert_block_size_bytes = 0`

/** Inserts the same rows into the same tables of another engine, in large blocks and without the server's work. */
const insert = async (stage: Stage, rows: readonly string[], name: string): Promise<number> => {
  await using rollcall = await startRollcall({ folder: stage.folder(name) })
  const engine = await rollcall.asks.ask('engine', null)
  const blocks = Array.from({ length: Math.ceil(rows.length / BLOCK) }, (_, at) =>
    rows.slice(at * BLOCK, (at + 1) * BLOCK).join('\n'),
  )
  const begun = performance.now()
  for (const block of blocks)
    await askEngine(engine, `INSERT INTO rollcall.events ${insertSettings} FORMAT JSONEachRow`, block)
  return rows.length / ((performance.now() - begun) / 1000)
}

/** Many events at once as lines, beside what the engine takes by itself. */
export const batch: Bench = {
  name: 'batch',
  about: 'a stream of lines through the native API, beside the engine alone with the same rows',
  async run(stage): Promise<Found> {
    const events = stage.quick ? 50_000 : 300_000
    const figures: { ingested: (Ingested & { engine: number })[] } = { ingested: [] }
    await using generator = await startRole<null, GeneratorAsks>(join(import.meta.dirname, '../load/generator.ts'), {})
    for (let round = 1; round <= stage.rounds; round++)
      for (const [index, one] of CASES.entries()) {
        const { ingested, rows } = await ingest(stage, generator, one, events, `batch-${round}-${index}`)
        const engine = await insert(stage, rows, `engine-${round}-${index}`)
        figures.ingested.push({ ...ingested, engine })
        stage.say(
          `round ${round}, ${one.title}: ${say.count(ingested.acknowledged)}/s acknowledged, ${say.count(ingested.stored)}/s in the store; the engine alone ${say.count(engine)}/s`,
        )
      }
    const rows = CASES.map(({ title }) => {
      const runs = figures.ingested.filter((one) => one.title === title)
      const [acknowledged, inStore, engine] = (['acknowledged', 'stored', 'engine'] as const).map((what) =>
        median(runs.map((one) => one[what])),
      ) as [number, number, number]
      const share = inStore / engine
      return [
        title,
        say.count(acknowledged),
        say.count(inStore),
        say.count(engine),
        say.ratio(share),
        aimed('0.5x', share >= 0.5),
      ]
    })
    return {
      figures,
      tables: [
        {
          title: `${say.count(events)} events as NDJSON, ids given (medians, events/s)`,
          head: ['', 'acknowledged', 'in the store', 'engine alone', 'in the store / engine', 'aim'],
          rows,
          notes: [
            `engine alone: the same rows as JSONEachRow in blocks of ${say.count(BLOCK)} into the same tables and views`,
          ],
        },
      ],
    }
  },
}
