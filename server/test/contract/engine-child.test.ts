import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Engine, type EngineLogin, startEngine } from '../../src/storage/clickhouse/embedded/engine.ts'
import { engineLibrary } from '../../src/storage/clickhouse/embedded/library.ts'

const events = `CREATE TABLE rollcall.events (tenant_id LowCardinality(String), community_id LowCardinality(String),
  event_id String, event_ts DateTime64(3, 'UTC'), raw String, data JSON MATERIALIZED raw::JSON)
ENGINE = ReplacingMergeTree PARTITION BY toYYYYMM(event_ts) ORDER BY (tenant_id, community_id, event_ts, event_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`
const row = (tenant: string, id: string) => ({
  tenant_id: tenant,
  community_id: 'main',
  event_id: id,
  event_ts: 1_750_000_000_000,
  raw: `{"id":"${id}"}`,
})
const realm = (tenant: string) => ({ 'X-Rollcall-Tenant': tenant, 'X-Rollcall-Community': 'main' })

const folders: string[] = []
async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-engine-'))
  folders.push(folder)
  return folder
}

const logged: string[] = []
async function start(folder: string): Promise<Engine> {
  return startEngine({ folder, readableTables: ['events'], log: (_level, message) => logged.push(message) })
}

function client({ url, username, password, headers }: EngineLogin) {
  return createClient({ url, username, password, http_headers: headers, log: { level: ClickHouseLogLevel.OFF } })
}

type Options = { headers?: Record<string, string>; settings?: Record<string, string | number> }

/** The rows of a query; rejects with the engine's error. */
async function ask(login: EngineLogin, query: string, { headers, settings }: Options = {}) {
  const connection = client(login)
  try {
    const answer = await connection.query({
      query,
      format: 'JSONEachRow',
      ...(headers ? { http_headers: headers } : {}),
      ...(settings ? { clickhouse_settings: settings } : {}),
    })
    return await answer.json<Record<string, unknown>>()
  } finally {
    await connection.close()
  }
}

async function command(login: EngineLogin, query: string): Promise<void> {
  const connection = client(login)
  await connection.command({ query }).finally(() => connection.close())
}

async function insert(login: EngineLogin, values: readonly unknown[]): Promise<void> {
  const connection = client(login)
  await connection.insert({ table: 'rollcall.events', values, format: 'JSONEachRow' }).finally(() => connection.close())
}

function alive(pid: number): boolean {
  if (!existsSync(`/proc/${pid}/stat`)) return false
  return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
}

async function gone(pid: number, withinMs: number): Promise<boolean> {
  for (const until = performance.now() + withinMs; performance.now() < until; await sleep(20)) {
    if (!alive(pid)) return true
  }
  return false
}

function pidOf(engine: Engine): number {
  const pid = engine.pid()
  if (pid === undefined) throw new Error('the engine has no process')
  return pid
}

afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true })
})

describe('a running engine', () => {
  let engine: Engine
  beforeAll(async () => {
    engine = await start(await temporaryFolder())
    await command(engine.app, events)
    await command(engine.app, 'CREATE TABLE rollcall.secrets (word String) ENGINE = MergeTree ORDER BY word')
    await insert(engine.app, [row('acme', '1'), row('acme', '2'), row('other', '3')])
  })
  afterAll(() => engine?.[Symbol.asyncDispose]())

  test('answers over loopback as ClickHouse does', async () => {
    expect(engine.ready()).toBe(true)
    expect(await ask(engine.app, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    expect(await ask(engine.app, 'SELECT count() AS n FROM rollcall.events')).toEqual([{ n: 3 }])
  })

  test('answers 404 without the key, except to a ping', async () => {
    const { url, username, password, headers } = engine.app
    const authorization = `Basic ${btoa(`${username}:${password}`)}`
    const status = async (path: string, sent: Record<string, string>) =>
      (await fetch(`${url}${path}`, { headers: sent })).status
    expect(await status('/?query=SELECT+1', { authorization })).toBe(404)
    expect(await status('/?query=SELECT+1', { authorization, 'X-Rollcall-Key': 'guessed' })).toBe(404)
    expect(await status('/?query=SELECT+1', { authorization, ...headers })).toBe(200)
    expect(await status('/play', headers)).toBe(404)
    expect(await status('/ping', {})).toBe(200)
  })

  test('lets nobody in as the user of its own start', async () => {
    const { url, headers } = engine.app
    const default_ = `Basic ${btoa('default:')}`
    const app = `Basic ${btoa('app:wrong')}`
    const attempts: [string, Record<string, string>][] = [
      ['', {}],
      ['', { authorization: default_ }],
      ['', { 'X-ClickHouse-User': 'default' }],
      ['&user=default', {}],
      ['&user=default', { authorization: app }],
      ['', { authorization: app, 'X-ClickHouse-User': 'default' }],
      ['', { authorization: app }],
    ]
    for (const [parameter, sent] of attempts) {
      const query = encodeURIComponent("SELECT file('/etc/hostname')")
      const answer = await fetch(`${url}/?query=${query}${parameter}`, { headers: { ...headers, ...sent } })
      expect.soft(answer.status, JSON.stringify([parameter, sent])).toBeGreaterThanOrEqual(400)
    }
  })

  test('shows a report no row without a realm, and with one that realm alone', async () => {
    const query = 'SELECT event_id, toString(data.id) AS id FROM rollcall.events FINAL ORDER BY event_id'
    expect(await ask(engine.report, query)).toEqual([])
    expect(await ask(engine.report, query, { headers: { 'X-Rollcall-Tenant': 'acme' } })).toEqual([])
    expect(await ask(engine.report, query, { headers: realm('acme') })).toEqual([
      { event_id: '1', id: '1' },
      { event_id: '2', id: '2' },
    ])
    expect(await ask(engine.report, query, { headers: realm('other') })).toEqual([{ event_id: '3', id: '3' }])
    expect(await ask(engine.report, query, { headers: realm("' OR 1 OR '") })).toEqual([])
  })

  test('finds no table for a report that does not name the database', async () => {
    await expect(ask(engine.report, 'SELECT * FROM events', { headers: realm('acme') })).rejects.toThrow(
      /Unknown table/,
    )
  })

  test.each([
    ['another table', 'SELECT * FROM rollcall.secrets'],
    ['a view of another table', 'SELECT * FROM view(SELECT * FROM rollcall.secrets)'],
    ['another table through merge()', "SELECT * FROM merge('rollcall', 'secrets')"],
    ['the queries of others', 'SELECT * FROM system.processes'],
    ['the processes of others', 'SHOW PROCESSLIST'],
    ['the query log', 'SELECT * FROM system.query_log'],
    ['the parts', 'SELECT * FROM system.parts'],
    ['the users', 'SELECT * FROM system.users'],
    ['the policies', 'SELECT * FROM system.row_policies'],
    ['the metrics', 'SELECT * FROM system.events'],
    ['a file', "SELECT * FROM file('/etc/passwd', LineAsString)"],
    ['an address', "SELECT * FROM url('http://127.0.0.1:1/', LineAsString)"],
    ['another server', "SELECT * FROM remote('127.0.0.1', rollcall.secrets)"],
    ['a bucket', "SELECT * FROM s3('http://bucket.s3.amazonaws.com/a.csv', 'CSV', 'a String')"],
    ['another database', "SELECT * FROM postgresql('127.0.0.1:1', 'a', 'b', 'c', 'd')"],
    ['a program', "SELECT * FROM executable('x', 'CSV', 'a String')"],
    ['a dictionary', "SELECT * FROM dictionary('rollcall.secrets')"],
  ])('keeps %s from a report', async (_what, query) => {
    await expect(ask(engine.report, query, { headers: realm('acme') })).rejects.toThrow(
      /Not enough privileges|Unknown table|no tables satisf/i,
    )
  })

  test.each([
    "INSERT INTO rollcall.events (tenant_id) VALUES ('acme')",
    'ALTER TABLE rollcall.events DELETE WHERE 1',
    'DROP TABLE rollcall.events',
    'CREATE TABLE report.events (a Int8) ENGINE = Memory',
    'CREATE TEMPORARY TABLE t (a Int8)',
    'KILL QUERY WHERE 1',
    'SYSTEM SHUTDOWN',
  ])('refuses to a report: %s', async (statement) => {
    await expect(command(engine.report, statement)).rejects.toThrow(/Not enough privileges|readonly/i)
  })

  test('lets a report set its limits within bounds and nothing beyond', async () => {
    const set = (settings: Record<string, string | number>) => ask(engine.report, 'SELECT 1 AS one', { settings })
    for (const settings of [{ max_execution_time: 600 }, { max_result_rows: '5000000' }, { log_comment: 'x' }]) {
      expect(await set(settings)).toEqual([{ one: 1 }])
    }
    for (const settings of [
      { max_execution_time: 0 },
      { max_execution_time: 36_000 },
      { max_memory_usage: '0' },
      { max_memory_usage: '1000000000000' },
      { max_result_rows: '0' },
      { readonly: '0' },
      { use_query_cache: 1 },
      { allow_get_client_http_header: 0 },
    ]) {
      await expect.soft(set(settings), JSON.stringify(settings)).rejects.toThrow(/shouldn't be|readonly/)
    }
    await expect(ask(engine.report, 'SELECT number FROM numbers(200000)')).rejects.toThrow(/Limit for result exceeded/)
  })

  test('stops a report whose caller has gone', async () => {
    const connection = client(engine.report)
    const leave = new AbortController()
    const query = 'SELECT sum(cityHash64(number)) FROM numbers(1000000000000)'
    const asked = connection.query({ query, query_id: 'left-alone', abort_signal: leave.signal }).catch(() => {})
    const running = () => ask(engine.app, "SELECT 1 FROM system.processes WHERE query_id = 'left-alone'")
    while ((await running()).length === 0) await sleep(20)
    leave.abort()
    await asked
    await connection.close()
    for (const until = performance.now() + 2_000; performance.now() < until && (await running()).length > 0; )
      await sleep(20)
    expect(await running()).toEqual([])
  })

  test('keeps no logs of its own in tables', async () => {
    expect(
      await ask(engine.app, "SELECT name FROM system.tables WHERE database = 'system' AND engine LIKE '%MergeTree'"),
    ).toEqual([])
  })
})

test('an engine that is killed comes back at the same address with its data', async () => {
  await using engine = await start(await temporaryFolder())
  await command(engine.app, events)
  await insert(engine.app, [row('acme', '1')])
  const killed = pidOf(engine)
  process.kill(killed, 'SIGKILL')
  while (engine.ready()) await sleep(5)
  await engine.whenReady(10_000)
  expect(engine.restarts()).toBe(1)
  expect(pidOf(engine)).not.toBe(killed)
  expect(await ask(engine.app, 'SELECT event_id FROM rollcall.events')).toEqual([{ event_id: '1' }])
  expect(await ask(engine.report, 'SELECT count() AS n FROM rollcall.events', { headers: realm('acme') })).toEqual([
    { n: 1 },
  ])
  expect(logged).toContain('The event engine ended unexpectedly and is started again.')
})

test('an engine that is closed leaves no process and no secrets, and its data to the next one', async () => {
  const folder = await temporaryFolder()
  const first = await start(folder)
  await command(first.app, events)
  await insert(first.app, [row('acme', '1')])
  const pid = pidOf(first)
  await first[Symbol.asyncDispose]()
  expect(alive(pid)).toBe(false)
  expect(first.ready()).toBe(false)
  await expect(first.whenReady(50)).rejects.toThrow('The event engine is closed.')
  expect((await readdir(folder)).filter((name) => name.startsWith('run-'))).toEqual([])
  await using second = await start(folder)
  expect(second.app.password).not.toBe(first.app.password)
  expect(await ask(second.app, 'SELECT event_id FROM rollcall.events')).toEqual([{ event_id: '1' }])
})

test('a second engine on the same folder is refused in a sentence, and the first goes on', async () => {
  const folder = await temporaryFolder()
  await using engine = await start(folder)
  await expect(start(folder)).rejects.toThrow(/^The event engine did not start: Code: 76\..*already running/)
  expect(await ask(engine.app, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
})

test.each(['SIGKILL', 'exit'])('the engine ends with its parent, however that ends (%s)', async (how) => {
  const folder = await temporaryFolder()
  const module = join(import.meta.dirname, '../../src/storage/clickhouse/embedded/engine.ts')
  const script = `import { startEngine } from ${JSON.stringify(module)}
const engine = await startEngine({ folder: ${JSON.stringify(folder)}, readableTables: [], log: () => {} })
process.stdout.write(engine.pid() + '\\n')
${how === 'exit' ? 'process.exit(0)' : 'setInterval(() => {}, 1000)'}`
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const silent = once(parent, 'exit').then(() => Promise.reject(new Error('the parent ended before it said a pid')))
  const [said] = await Promise.race([once(parent.stdout, 'data'), silent])
  const pid = Number(String(said))
  expect(pid).toBeGreaterThan(1)
  if (how === 'SIGKILL') {
    expect(alive(pid)).toBe(true)
    parent.kill('SIGKILL')
  }
  expect(await gone(pid, 2_000)).toBe(true)
})

test('a table that is no plain word is not granted', async () => {
  const options = { folder: await temporaryFolder(), readableTables: ['events TO app; GRANT ALL'], log: () => {} }
  await expect(startEngine(options)).rejects.toThrow('a table name is a plain word')
})

test('a machine without an engine is told what to set', () => {
  expect(() => engineLibrary('win32', 'x64')).toThrow(/does not run on win32 x64; set ROLLCALL_EVENTS_URL/)
  expect(() => engineLibrary('darwin', 'arm64')).toThrow(/needs the npm package @chdb\/lib-darwin-arm64/)
})
