import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startClickHouse } from '../clickhouse.ts'
import { startPostgres } from '../postgres.ts'
import { type Mailbox, startMailbox } from '../smtp.ts'
import { until } from '../until.ts'
import { adminKey, startWorld, type World } from '../world.ts'

interface Run {
  readonly id: string
  readonly period: string
  readonly from: string
  readonly to: string
  readonly state: string
  readonly deliveries: readonly { readonly messageId: string; readonly state: string }[]
}

/** A year that begins on a Thursday, in a zone that sets its clocks forward on 29 March and back on 25 October. */
const START = Date.parse('2026-01-01T08:00:00Z')
const END = Date.parse('2027-01-02T12:00:00Z')
/** When the daily report is begun and paused again: around both changes of the clocks. */
const turns = [
  { at: Date.parse('2026-03-20T12:00:00Z'), paused: false },
  { at: Date.parse('2026-04-08T12:00:00Z'), paused: true },
  { at: Date.parse('2026-10-12T12:00:00Z'), paused: false },
  { at: Date.parse('2026-11-03T12:00:00Z'), paused: true },
]
const HOUR = 3_600_000
const DAY = 24 * HOUR

const stack = new AsyncDisposableStack()
const clock = { ahead: START - Date.now(), file: '' }
const now = (): number => Date.now() + clock.ahead
const setClock = async (at: number): Promise<void> => {
  clock.ahead = at - Date.now()
  await writeFile(`${clock.file}.next`, String(clock.ahead))
  await rename(`${clock.file}.next`, clock.file)
}

let mail: Mailbox
let world: World
let store: pg.Client
let settings: Record<string, string>
const tickers: ChildProcess[] = []

const startTicker = async (at: number): Promise<void> => {
  const child = fork(join(import.meta.dirname, 'ticker.ts'), [clock.file], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      PATH: process.env.PATH,
      ...settings,
      ROLLCALL_ROLE: 'worker',
      ROLLCALL_PORT: '0',
      ROLLCALL_LOG_LEVEL: 'silent',
    },
  })
  tickers[at] = child
  await once(child, 'message')
}

const kill = async (at: number): Promise<void> => {
  const child = tickers[at]
  if (!child || child.signalCode !== null || child.exitCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-clock-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  clock.file = join(folder, 'clock')
  await setClock(START)
  const [postgres, clickHouse] = await Promise.all([startPostgres(), startClickHouse()])
  stack.use(postgres)
  stack.use(clickHouse)
  mail = stack.use(await startMailbox())
  const url = await postgres.createDatabase()
  settings = {
    ...clickHouse.settings,
    ROLLCALL_CONTROL_URL: url,
    ROLLCALL_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
    ROLLCALL_ADMIN_KEY: adminKey,
    ROLLCALL_SMTP_URL: mail.url,
    ROLLCALL_JOBS_AT_ONCE: '4',
    // Whoever sends a file finds it, whichever process made it.
    ROLLCALL_DATA: folder,
  }
  world = stack.use(await startWorld({ ...settings, ROLLCALL_ROLE: 'api', ROLLCALL_PORT: '0' }, { now }))
  store = new pg.Client({ connectionString: url })
  await store.connect()
  stack.defer(() => store.end())
  stack.defer(async () => {
    await Promise.all(tickers.map((_, at) => kill(at)))
  })
})
afterAll(() => stack.disposeAsync())

const count = async (sql: string): Promise<number> => Number((await store.query<{ n: string }>(sql)).rows[0]?.n)

/** Waits until what is due was put on its way and made; only what a killed process left in its hands stays behind. */
const quiet = async (at: number, killed: boolean): Promise<void> => {
  await until(
    async () => (await count(`select count(*) n from subscription where paused = 0 and next_due <= ${at}`)) === 0,
  )
  const waiting = `select (select count(*) from subscription_run where state = 'pending')
    + (select count(*) from delivery where state = 'pending') n`
  await until(async () => (await count(waiting)) === 0)
  const held = `select (select count(*) from subscription_run where state = 'running')
    + (select count(*) from delivery where state in ('pending', 'sending')) n`
  if (!killed) return await until(async () => (await count(held)) === 0)
  for (let [before, looks] = [-1, 0]; looks < 4; await sleep(250)) {
    const here = await count(held)
    looks = here === before ? looks + 1 : 0
    before = here
  }
}

const open = `select (select count(*) from subscription_run where state in ('pending', 'running'))
  + (select count(*) from delivery where state in ('pending', 'sending')) n`

describe('a year of reports while the processes that send them are killed', () => {
  const ledger = new Map<string, readonly Run[]>()
  let kills = 0

  beforeAll(async () => {
    const realm = await world.realm('Globex')
    const path = `/v1/realms/${realm.tenantId}/${realm.communityId}`
    await world.call('PATCH', path, { timezone: 'Europe/Zurich' })
    const made = new Map<string, string>()
    for (const period of ['day', 'week', 'month', 'quarter', 'year']) {
      const { status, body } = await world.call('POST', `${path}/subscriptions`, {
        report: 'last-seen',
        period,
        formats: ['html'],
        recipients: [{ email: `${period}@example.com` }],
        paused: period === 'day',
      })
      if (status !== 201) throw new Error(JSON.stringify(body))
      made.set(period, (body as { id: string }).id)
    }
    await Promise.all([startTicker(0), startTicker(1)])
    let started = Promise.resolve()
    for (let [at, round] = [START, 0]; at < END; round++) {
      const turn = turns.find((one) => one.at > at)
      at = Math.min(turn?.at ?? END, Math.floor(at + (20 + Math.random() * 10) * DAY))
      await setClock(at)
      const killing = round % 3 === 1
      if (killing) {
        await sleep(Math.random() * 1_500)
        await started
        const victim = Math.random() < 0.5 ? 0 : 1
        await kill(victim)
        kills += 1
        started = startTicker(victim)
      }
      await quiet(at, killing)
      if (turn?.at === at)
        await world.call('PATCH', `${path}/subscriptions/${made.get('day')}`, { paused: turn.paused })
    }
    await started
    // What killed processes held is taken up, or found to be unsure, when its time has run out.
    await until(async () => {
      await setClock(now() + 3 * 60_000)
      await sleep(500)
      return (await count(open)) === 0
    })
    for (const [period, id] of made) {
      const answer = await world.call('GET', `${path}/subscriptions/${id}/runs?limit=1000`)
      ledger.set(period, (answer.body as { runs: Run[] }).runs.toReversed())
    }
  }, 600_000)

  test('each period has its line, once, without a gap or an overlap', () => {
    const lines = [...ledger].map(([period, runs]) => [period, runs.length])
    expect(Object.fromEntries(lines)).toEqual({ day: 43, week: 52, month: 12, quarter: 4, year: 1 })
    for (const runs of ledger.values()) {
      expect(new Set(runs.map((run) => run.period)).size).toBe(runs.length)
      for (const [at, run] of runs.entries()) if (at > 0) expect(run.from).toBe(runs[at - 1]?.to)
    }
    const skipped = ledger.get('day')?.filter((run) => run.state === 'skipped')
    expect(skipped?.map((run) => run.period)).toEqual(['2026-01-01..2026-03-19', '2026-04-08..2026-10-11'])
    const names = (period: string) => ledger.get(period)?.map((run) => run.period)
    expect(names('month')?.slice(0, 3)).toEqual(['2026-01', '2026-02', '2026-03'])
    expect(names('quarter')).toEqual(['2026-Q1', '2026-Q2', '2026-Q3', '2026-Q4'])
    expect(names('year')).toEqual(['2026'])
    expect([names('week')?.[0], names('week')?.at(-1)]).toEqual(['2026-W01', '2026-W52'])
  })

  test('the days on which the clocks change have 23 and 25 hours', () => {
    const hours = (day: string): number => {
      const run = ledger.get('day')?.find((one) => one.period === day)
      return run ? (Date.parse(run.to) - Date.parse(run.from)) / HOUR : 0
    }
    expect([hours('2026-03-28'), hours('2026-03-29'), hours('2026-10-25')]).toEqual([24, 23, 25])
  })

  test('the mail server has each message that the ledger says was sent, once, and none that it does not know', () => {
    const told = new Map(
      [...ledger.values()]
        .flat()
        .flatMap((run) => run.deliveries.map((one) => [`<${one.messageId}>`, { ...one, run }])),
    )
    const taken = mail.mails.map((one) => one.mail.messageId ?? '')
    expect(new Set(taken).size).toBe(taken.length)
    const sent = [...told].filter(([, one]) => one.state === 'sent').map(([id]) => id)
    const unsure = [...told].filter(([, one]) => one.state === 'unknown').map(([id]) => id)
    expect(told.size).toBe(110)
    expect(sent.length + unsure.length).toBe(110)
    expect(taken.filter((id) => !unsure.includes(id)).toSorted()).toEqual(sent.toSorted())
    // A kill leaves in doubt what was being sent at that moment: at most four messages in each process.
    expect(unsure.length).toBeLessThanOrEqual(kills * 8)
    for (const { mail: one } of mail.mails) {
      const run = told.get(one.messageId ?? '')?.run
      expect(one.subject).toBe(`Last seen, ${run?.period} (Globex · default)`)
    }
  })
})
