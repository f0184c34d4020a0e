import { ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Engine, EngineLogin } from '../../src/storage/clickhouse/embedded/engine.ts'
import { readableTables } from '../../src/storage/clickhouse/index.ts'
import { openWorld, type World } from '../contract/events-engine.ts'

let world: World
let engine: Engine

const withClient = async <T>(
  { url, username, password, headers }: EngineLogin,
  work: (client: ReturnType<typeof createClient>) => Promise<T>,
): Promise<T> => {
  const client = createClient({
    url,
    username,
    password,
    http_headers: headers,
    log: { level: ClickHouseLogLevel.OFF },
  })
  try {
    return await work(client)
  } finally {
    await client.close()
  }
}

const rowsOf = (login: EngineLogin, query: string, headers: Record<string, string> = {}) =>
  withClient(login, async (client) => {
    const answer = await client.query({ query, format: 'JSONEachRow', http_headers: headers })
    return answer.json<Record<string, unknown>>()
  })

const count = async (login: EngineLogin, table: string, headers: Record<string, string> = {}): Promise<number> =>
  Number((await rowsOf(login, `SELECT count() AS n FROM ${table}`, headers))[0]?.n)

const realm = (tenant: string, community: string) => ({
  'X-Rollcall-Tenant': tenant,
  'X-Rollcall-Community': community,
})

/** A row of each realm in every table: an event feeds most of them. */
const fill = (tenant: string) =>
  withClient(engine.app, async (client) => {
    const ids = { tenant_id: tenant, community_id: 'main' }
    const put = (table: string, row: object) =>
      client.insert({ table: `rollcall.${table}`, values: [{ ...ids, ...row }], format: 'JSONEachRow' })
    const session = { session_id: 's', user_id: 'u', device_id: 'd', application: 'wiki', person_id: 'p' }
    for (const [at, action] of ['login', 'session.started', 'registration.created', 'proofing.started'].entries())
      await put('events', {
        ...session,
        event_id: `e${at}`,
        event_name: action,
        action,
        outcome: 'success',
        event_ts: Date.now(),
        received_ts: Date.now(),
        raw: '{}',
      })
    await put('directory', { kind: 'user', id: 'u' })
    await put('proofing', { session_id: 's' })
    await put('privileged_sessions', { session_id: 's' })
  })

beforeAll(async () => {
  world = await openWorld()
  engine = world.engine
  await fill('acme')
  await fill('other')
})
afterAll(() => world?.[Symbol.asyncDispose]())

/** Whether the report user may read a table, as the engine itself answers. */
const mayRead = (table: string): Promise<boolean> =>
  count(engine.report, table).then(
    () => true,
    (error: Error) => {
      if (/not enough privileges|ACCESS_DENIED/i.test(error.message)) return false
      throw error
    },
  )

describe('the report user', () => {
  it('may read the tables that are listed, and none besides them that holds rows of ours', async () => {
    const tables = await rowsOf(
      engine.app,
      "SELECT name FROM system.tables WHERE database = 'rollcall' AND engine NOT LIKE '%View'",
    )
    const names = tables.map(({ name }) => String(name))
    const readable: string[] = []
    for (const name of names) if (await mayRead(`rollcall.\`${name}\``)) readable.push(name)
    expect(readable.sort()).toEqual([...readableTables].sort())
    expect(names.length).toBeGreaterThanOrEqual(readable.length)
    const views = await rowsOf(
      engine.app,
      "SELECT name FROM system.tables WHERE database = 'rollcall' AND engine LIKE '%View'",
    )
    for (const { name } of views) expect([name, await mayRead(`rollcall.\`${name}\``)]).toEqual([name, false])
  })

  it.each([...readableTables])('reads of %s its realm alone, and nothing without one', async (table) => {
    const all = await count(engine.app, `rollcall.${table}`)
    const own = await count(engine.report, `rollcall.${table}`, realm('acme', 'main'))
    expect([own > 0, own < all]).toEqual([true, true])
    for (const headers of [
      {},
      realm('nobody', 'main'),
      realm('acme', 'else'),
      realm('', ''),
      realm("' OR 1 OR '", 'main'),
      { 'X-Rollcall-Tenant': 'acme' },
      { 'X-Rollcall-Community': 'main' },
    ])
      expect([headers, await count(engine.report, `rollcall.${table}`, headers)]).toEqual([headers, 0])
    const foreign = await rowsOf(
      engine.report,
      `SELECT DISTINCT tenant_id AS t FROM rollcall.${table}`,
      realm('acme', 'main'),
    )
    expect(foreign).toEqual([{ t: 'acme' }])
  })
})
