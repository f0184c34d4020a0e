import pg from 'pg'
import type { Bench, Found, Stage } from '../bench.ts'
import { type Postgres, startPostgres } from '../contenders.ts'
import { median } from '../load/figures.ts'
import { aimed, say } from '../print/number.ts'
import { copyHistory } from '../rival/copy-history.ts'
import { askEngine, type EngineAddress, merged } from '../rollcall/engine.ts'
import { type RealmId, startRollcall } from '../rollcall/rollcall.ts'
import { writeHistory } from '../workload/history.ts'

const DAYS = 90
const ASKED_DAYS = 30
const DAY_MS = 86_400_000
const DATABASE = 'rival_filter'
/** A page of what holds a text has to be there in so many milliseconds. */
const AIM_MS = 500

/** Texts from rare to everywhere; none is in the name of a member, which the rival's text holds as well. */
const texts = ['zzzqqq', 'user4711', 'machine47', 'Windows 10', 'chrome/138', 'os'] as const

const body = 'body::text'
const where = `realm_id = 1 AND event_ts >= $1 AND event_ts <= $2 AND ${body} ILIKE $3`
const page = `SELECT body FROM events WHERE ${where} ORDER BY event_ts DESC, event_id DESC LIMIT 50`
const total = `SELECT count(*)::int AS total FROM events WHERE ${where}`

interface Answer {
  readonly ms: number
  readonly total: number
}

const timed = async (ask: () => Promise<number>): Promise<Answer> => {
  const started = performance.now()
  const found = await ask()
  return { ms: performance.now() - started, total: found }
}

/** The middle of some askings, after one that is not counted. */
const repeated = async (rounds: number, ask: () => Promise<number>): Promise<Answer> => {
  const first = await ask()
  const all: Answer[] = []
  for (let round = 0; round < rounds; round++) all.push(await timed(ask))
  return { ms: median(all.map(({ ms }) => ms)), total: first }
}

/** The rival's table of the same events: what it takes to ask it for a text, three times over. */
const startRival = async (stage: Stage, engine: EngineAddress, realm: RealmId) => {
  stage.say('Copying the same events to the rival, then its indexes and statistics')
  await using parts = new AsyncDisposableStack()
  const postgres = parts.use(await startPostgres(stage.folder('postgres-rival'), DATABASE))
  await copyHistory({ engine, realm, postgres, database: DATABASE, folder: stage.folder('copy'), events: stage.events })
  const pool = new pg.Pool({ connectionString: `${postgres.ready.url}${DATABASE}`, max: 4 })
  parts.defer(() => pool.end())
  const running = parts.move()
  return {
    timed: (text: string, { from, to }: { readonly from: number; readonly to: number }) =>
      repeated(3, async () => {
        const values = [new Date(from), new Date(to), `%${text}%`]
        const [, counted] = await Promise.all([pool.query(page, values), pool.query(total, values)])
        return (counted.rows[0] as { total: number }).total
      }),
    addTrigrams: () => addTrigrams(postgres),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

/** An index of three letters in a row, where the rival's database has one to offer. */
const addTrigrams = async (postgres: Postgres): Promise<boolean> => {
  try {
    await postgres.ask('run', {
      database: DATABASE,
      statements: [
        'CREATE EXTENSION pg_trgm',
        `CREATE INDEX events_words ON events USING gin ((${body}) gin_trgm_ops)`,
        'VACUUM ANALYZE events',
      ],
    })
    return true
  } catch {
    return false
  }
}

/** Builds the text index, as the server's keeper does within the hour. */
const indexMonths = async (engine: EngineAddress, now: number): Promise<void> => {
  const current = new Date(now).toISOString().slice(0, 7).replace('-', '')
  const found = await askEngine(
    engine,
    `SELECT DISTINCT partition FROM system.parts WHERE active AND database = 'rollcall' AND table = 'events' AND partition <= '${current}' FORMAT TabSeparated`,
  )
  for (const month of (await found.text()).split('\n').filter((line) => /^\d{6}$/.test(line))) {
    const built = await askEngine(
      engine,
      `ALTER TABLE rollcall.events MATERIALIZE INDEX by_words IN PARTITION ${month} SETTINGS mutations_sync = 2`,
    )
    await built.text()
  }
}

/** Nevis's free-text filter over thirty days of a large history, beside ILIKE on the rival's table. */
export const filter: Bench = {
  name: 'filter',
  about: 'events of thirty days that hold a text, beside ILIKE on the rival’s table',
  async run(stage): Promise<Found> {
    const until = Date.now()
    const window = { from: until - ASKED_DAYS * DAY_MS, to: until }
    await using parts = new AsyncDisposableStack()
    const rollcall = parts.use(await startRollcall({ folder: stage.folder('rollcall-filter') }))
    const { realm } = await rollcall.realm('Words')
    const { secret } = (await rollcall.call('POST', '/v1/keys', { kind: 'api', name: 'bench', realm })) as {
      secret: string
    }
    const engine = await rollcall.asks.ask('engine', null)
    stage.say(`Writing ${say.count(stage.events)} events`)
    await writeHistory(engine, { realm, events: stage.events, fromEvent: 0, toEvent: stage.events, days: DAYS, until })
    await merged(engine)
    await indexMonths(engine, until)
    const beside = 'rival'.includes(stage.only) ? parts.use(await startRival(stage, engine, realm)) : undefined

    const own = async (text: string): Promise<number> => {
      const query = new URLSearchParams({
        filter: text,
        fromDate: new Date(window.from).toISOString(),
        toDate: new Date(window.to).toISOString(),
      })
      const answer = await fetch(`${rollcall.url}/nevis/api/v1/events?${query}`, {
        headers: { authorization: `Bearer ${secret}` },
      })
      if (!answer.ok) throw new Error(`The filter ${text} answered ${answer.status}: ${await answer.text()}`)
      return ((await answer.json()) as { count: number }).count
    }
    const rounds = stage.quick ? 3 : 9
    const times: Record<string, { ours: Answer; rival?: Answer; trigrams?: Answer }> = {}
    for (const text of texts) {
      stage.say(text)
      const ours = await repeated(rounds, () => own(text))
      const rival = await beside?.timed(text, window)
      if (rival && ours.total !== rival.total) throw new Error(`${text}: ours ${ours.total}, the rival ${rival.total}`)
      times[text] = { ours, ...(rival ? { rival } : {}) }
    }
    if (beside) stage.say('An index of trigrams for the rival')
    const trigrams = (await beside?.addTrigrams()) ?? false
    if (beside && trigrams)
      for (const text of texts) {
        const found = times[text]
        if (found) times[text] = { ...found, trigrams: await beside.timed(text, window) }
      }
    const disk = await (
      await askEngine(
        engine,
        `SELECT sum(column_data_compressed_bytes) AS words, (SELECT sum(data_compressed_bytes) FROM system.data_skipping_indices WHERE name = 'by_words') AS by_words
         FROM system.parts_columns WHERE active AND database = 'rollcall' AND table = 'events' AND column = 'words' FORMAT TabSeparated`,
      )
    ).text()
    const [words = 0, index = 0] = disk.trim().split('\t').map(Number)
    return {
      figures: { times, words, index, trigrams },
      tables: [
        {
          title: `${say.count(stage.events)} events over ${DAYS} days, ${ASKED_DAYS} days asked: the newest 50 that hold a text, and how many do (medians, ms)`,
          head: ['', 'found', 'ours', `aim ${AIM_MS} ms`, 'ILIKE', 'ILIKE/ours', 'with pg_trgm', 'pg_trgm/ours'],
          rows: texts.map((text) => {
            const found = times[text]
            if (!found) return [text]
            return [
              text,
              say.count(found.ours.total),
              say.ms(found.ours.ms),
              aimed('', found.ours.ms < AIM_MS).trim(),
              found.rival ? say.ms(found.rival.ms) : '',
              found.rival ? say.ratio(found.rival.ms / found.ours.ms) : '',
              found.trigrams ? say.ms(found.trigrams.ms) : '',
              found.trigrams ? say.ratio(found.trigrams.ms / found.ours.ms) : '',
            ]
          }),
          notes: [
            `our column of texts takes ${say.mebibytes(words)}, its index ${say.mebibytes(index)}`,
            ...(beside
              ? [trigrams ? 'pg_trgm: a GIN index on the whole body' : 'pg_trgm is not part of the embedded PostgreSQL']
              : []),
          ],
        },
      ],
    }
  },
}
