import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defaultsOf, type Source } from '../../src/core/report.ts'
import type { ColumnKind } from '../../src/core/table.ts'
import { loadReports } from '../../src/reports/index.ts'
import { directoryUsers, privileges } from '../../src/storage/clickhouse/directory-users.ts'
import type { Engine, EngineLogin } from '../../src/storage/clickhouse/embedded/engine.ts'
import { foldedSessions } from '../../src/storage/clickhouse/privileged-sessions.ts'
import { openWorld, type World } from '../contract/events-engine.ts'

const reports = await loadReports()
const folder = join(import.meta.dirname, '../../src/reports')

it('finds one report per file, named as the file', () => {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.parentPath !== folder && !entry.name.endsWith('.test.ts'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
  expect(files.every((file) => file.split('/').length === 2)).toBe(true)
  expect(files.map((file) => file.replace(/^.*\/|\.ts$/g, '')).sort()).toEqual([...reports.keys()].sort())
  expect([...reports].every(([id, report]) => id === report.id)).toBe(true)
})

describe('on the engine', () => {
  let world: World
  let engine: Engine
  const asked = async (login: EngineLogin, sql: string, more: { params?: object; headers?: object } = {}) => {
    const search = Object.entries(more.params ?? {}).map(
      ([name, value]) => `&param_${name}=${encodeURIComponent(value)}`,
    )
    const answer = await fetch(`${login.url}/?default_format=JSONCompact${search.join('')}`, {
      method: 'POST',
      body: sql,
      headers: {
        ...login.headers,
        ...more.headers,
        authorization: `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`,
      },
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(text)
    return (text === '' ? { data: [] } : JSON.parse(text)) as { data: unknown[][] }
  }
  /** What a report reads, without saying the realm: only the engine's row filters are left. */
  const unguarded: Readonly<Record<Source, string>> = {
    events: 'events AS (SELECT *PATHS FROM rollcall.events FINAL)',
    people: 'people AS (SELECT * FROM rollcall.people)',
    rollups: 'rollups AS (SELECT * FROM rollcall.rollups)',
    first_times: 'first_times AS (SELECT * FROM rollcall.first_times)',
    registrations: 'registrations AS (SELECT * FROM rollcall.registrations)',
    directory: 'directory AS (SELECT * FROM rollcall.directory FINAL WHERE removed = 0)',
    proofing: 'proofing AS (SELECT * FROM rollcall.proofing)',
    privileged_sessions: `privileged_sessions AS ${foldedSessions('rollcall', '1')}`,
    directory_users: `directory_users AS ${directoryUsers('rollcall', '1')}`,
    privileges: `privileges AS ${privileges('rollcall', '1')}`,
  }
  const question = (id: string): { sql: string; params: object } => {
    const report = reports.get(id)
    if (!report) throw new Error(id)
    const paths = Object.entries(report.paths ?? {}).map(
      ([name, keys]) => `, data.${keys.map((key) => `\`${key}\``).join('.')}.:String AS ${name}`,
    )
    const sources = [...report.reads, ...(report.looksUp ?? [])].map((source) =>
      unguarded[source].replace('PATHS', paths.join('')),
    )
    const said = { ...Object.fromEntries(Object.keys(report.params).map((name) => [name, ''])), ...defaultsOf(report) }
    const now = Date.now()
    const derived = report.derives?.({ window: { from: now - 86_400_000, to: now }, zone: 'UTC', params: said, now })
    const params = Object.fromEntries(
      Object.entries({ ...said, ...derived }).map(([name, value]) => [
        name,
        Array.isArray(value) ? `[${value.join(',')}]` : String(value),
      ]),
    )
    return { sql: `WITH ${sources.join(', ')} SELECT * FROM (${report.sql})`, params }
  }

  beforeAll(async () => {
    world = await openWorld()
    engine = world.engine
    // Few instants and ids, so that an order which is not total shows.
    await asked(
      engine.app,
      `INSERT INTO rollcall.events (tenant_id, community_id, seq, event_id, dialect, event_name, action, outcome,
         category, kind, event_ts, received_ts, local_hour, user_id, person_id, device_id, session_id, application, raw)
       SELECT 't', 'c', number, concat('e', toString(number)), 'onekosmos', 'E_X',
         ['login', 'login.attempt', 'login.redirect', 'user.onboarded', 'object.changed', 'login', 'proofing.step'][1 + number % 7],
         if(number % 7 = 5, 'failure', 'success'), if(number % 5 = 4, 'AUDIT_LOG', ''), if(number % 7 = 0, 'transaction', 'event'),
         now64(3) - INTERVAL (number % 3) MINUTE, now64(3), toInt32(toUnixTimestamp(now()) / 3600), concat('u', toString(number % 13)), 'p',
         'd', concat('s', toString(number % 11)), ['adminx', 'wiki'][1 + number % 2],
         '{"type":"event"}'
       FROM numbers(400)`,
    )
    await asked(
      engine.app,
      `INSERT INTO rollcall.directory (tenant_id, community_id, kind, id, name, status, subject_kind, subject_id,
         object_kind, object_id, attributes, created_ts, modified_ts, version)
       SELECT 't', 'c', ['user', 'role_assignment', 'hardware_token', 'server', 'verification_session'][1 + number % 5],
         concat('d', toString(number)), concat('u', toString(number % 13)), 'active', 'user',
         concat('d', toString(number - number % 5)), 'role', concat('r', toString(number % 3)), '{}',
         now64(3), now64(3), number FROM numbers(100)`,
    )
    await asked(
      engine.app,
      `INSERT INTO rollcall.directory (tenant_id, community_id, kind, id, status, subject_kind, subject_id, relation,
         object_kind, object_id, attributes, created_ts, modified_ts, version)
       SELECT 't', 'c', ['membership', 'grant', 'grant'][1 + number % 3], concat('r', toString(number)), 'active',
         ['user', 'group', 'user'][1 + number % 3], ['d0', 'g', 'd5'][1 + number % 3], ['', 'edit', 'edit'][1 + number % 3],
         ['group', 'server', 'safe'][1 + number % 3], ['g', 'd3', 'd9'][1 + number % 3], '{}', now64(3), now64(3),
         1000 + number FROM numbers(3)`,
    )
    await asked(
      engine.app,
      `INSERT INTO rollcall.events (tenant_id, community_id, seq, event_id, dialect, event_name, action, outcome,
         event_ts, received_ts, user_id, actor_id, session_id, raw)
       SELECT 't', 'c', 1000 + number, concat('s', toString(number)), 'native', action, action, 'success',
         now64(3) - INTERVAL (number % 3) HOUR, now64(3), concat('u', toString(number % 5)),
         concat('a', toString(number % 2)), concat('p', toString(number % 17)),
         concat('{"protocol":"ssh","server_id":"v', toString(number % 3), '","safe_id":"f","account_id":"root"}')
       FROM (SELECT number, ['session.started', 'session.approved', 'session.shared', 'session.finished'][
         1 + number % 4] AS action FROM numbers(120))`,
    )
  })
  afterAll(() => world?.[Symbol.asyncDispose]())

  const types: Readonly<Record<ColumnKind, RegExp>> = {
    text: /^(LowCardinality\(String\)|String)$/,
    instant: /^DateTime64\(3, 'UTC'\)$/,
    duration: /^Int64$/,
    count: /^U?Int(8|16|32|64)$/,
    seconds: /^Float64$/,
    number: /^(U?Int\d+|Float\d+)$/,
    flag: /^(Bool|UInt8)$/,
    json: /^String$/,
  }

  it.each([...reports.keys()])('%s says its columns as the engine does', async (id) => {
    const { sql, params } = question(id)
    const { data } = await asked(engine.app, `DESCRIBE (${sql})`, { params })
    const columns = reports.get(id)?.columns ?? {}
    expect(data.map(([name]) => name)).toEqual(Object.keys(columns))
    for (const [name, type] of data as [string, string][]) {
      const column = columns[name]
      const inner = /^Nullable\((.*)\)$/.exec(type)?.[1]
      expect([name, column?.nullable]).toEqual([name, inner !== undefined])
      expect(inner ?? type).toMatch(types[column?.kind ?? 'text'])
    }
  })

  it.each([...reports.keys()])('%s has a total order of its own columns', async (id) => {
    const { sql, params } = question(id)
    const { order = [], columns = {} } = reports.get(id) ?? {}
    const names = order.map((name) => name.replace(/^-/, ''))
    expect(names.length > 0 && names.every((name) => Object.hasOwn(columns, name))).toBe(true)
    const { data } = await asked(engine.app, `SELECT count(), uniqExact(${names.join(', ')}) FROM (${sql})`, { params })
    const [rows, distinct] = data[0] ?? []
    expect([Number(rows) > 0, distinct]).toEqual([true, rows])
  })

  it.each([...reports.keys()])('%s answers nothing to another realm, although its SQL says none', async (id) => {
    const { sql, params } = question(id)
    const columns = reports.get(id)?.columns ?? {}
    const names = Object.keys(columns)
    // A report of figures alone answers them of nothing, too: they are zeros then.
    const tells = Object.values(columns).every(({ kind }) => kind === 'count')
      ? `countIf(${names.join(' + ')} > 0)`
      : 'count()'
    const count = async (tenant: string | undefined): Promise<number> => {
      const headers = tenant === undefined ? {} : { 'X-Rollcall-Tenant': tenant, 'X-Rollcall-Community': 'c' }
      const { data } = await asked(engine.report, `SELECT ${tells} FROM (${sql})`, { params, headers })
      return Number(data[0]?.[0])
    }
    expect([await count('t'), await count('another'), await count(undefined)]).toEqual([expect.any(Number), 0, 0])
    expect(await count('t')).toBeGreaterThan(0)
  })
})
