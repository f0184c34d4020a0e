import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@clickhouse/client'
import { expect, it } from 'vitest'
import { startEngine } from '../../src/storage/clickhouse/embedded/engine.ts'
import { openStore } from '../contract/engines.ts'
import { freePort } from '../free-port.ts'
import { adminKey } from '../world.ts'
import { serverProcess } from './process.ts'
import { moment } from './survive.ts'

const KILLS = 5
const WRITERS = 3
const OBJECTS = 25

type Kept = readonly [id: string, display: string, version: number, removed: number]

/** What the engine holds of the realm's directory, latest versions only. */
const mirrored = async (folder: string): Promise<readonly Kept[]> => {
  await using engine = await startEngine({ folder, readableTables: [], log: () => undefined })
  const { url, username, password, headers } = engine.app
  const client = createClient({ url, username, password, http_headers: headers, database: 'rollcall' })
  try {
    const answer = await client.query({
      query: 'SELECT id, display, version, removed FROM directory FINAL ORDER BY version',
      format: 'JSONCompactEachRow',
      clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
    })
    return await answer.json<Kept>()
  } finally {
    await client.close()
  }
}

const stored = async (folder: string): Promise<{ readonly rows: readonly Kept[]; readonly mark: number }> => {
  await using store = await openStore(`sqlite:${folder}`)
  const { outbox } = store.control.directory
  const rows = await outbox.read(0, 100_000)
  const kept = rows.map(
    ({ object: { id, display, version, removed } }): Kept => [id, display, version, removed ? 1 : 0],
  )
  return { rows: kept, mark: await outbox.mark() }
}

it('mirrors the directory exactly while the server is killed again and again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-directory-'))
  const server = serverProcess(folder, await freePort())
  const call = (method: string, path: string, body?: unknown) =>
    fetch(`${server.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${adminKey}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
  try {
    await server.start()
    const realm = { tenant: { id: 't', name: 'T' }, community: { id: 'c', name: 'C' } }
    expect((await call('POST', '/v1/realms', realm)).status).toBe(201)
    // What was acknowledged last of each object; undefined while a change is on its way, of which nobody knows.
    const acknowledged = new Map<string, string | null | undefined>()
    let stopped = false
    let up = true
    const write = async (writer: number): Promise<void> => {
      for (let n = 0; !stopped; n++) {
        while (!up && !stopped) await moment(20)
        const id = `o${writer}-${n % OBJECTS}`
        const display = n % 7 === 6 ? null : `${n}`
        acknowledged.set(id, undefined)
        const path = `/v1/realms/t/c/directory/server/${id}`
        const answer = await (display === null ? call('DELETE', path) : call('PUT', path, { display })).catch(
          () => null,
        )
        if (answer && answer.status < 500) acknowledged.set(id, display)
        // As fast as a provisioning client, and not as fast as the machine: the kills are what is tried.
        await moment(20)
      }
    }
    const writing = Array.from({ length: WRITERS }, (_, writer) => write(writer))
    for (let kill = 0; kill < KILLS; kill++) {
      if (kill % 2 === 0) await server.between()
      else await moment(250)
      up = false
      await server.kill()
      await server.start()
      up = true
    }
    stopped = true
    await Promise.all(writing)
    const seen = await call('POST', '/v1/realms/t/c/reports/directory-objects', { page: { size: 1_000 } })
    const told = ((await seen.json()) as { rows: { id: string; display: string }[] }).rows
    await server.kill()
    const { rows, mark } = await stored(folder)
    expect(mark).toBe(rows.at(-1)?.[2])
    expect(await mirrored(join(folder, 'events'))).toEqual(rows)
    const there = new Map(told.map(({ id, display }) => [id, display]))
    expect(there).toEqual(new Map(rows.filter(([, , , removed]) => !removed).map(([id, display]) => [id, display])))
    const known = [...acknowledged].filter(([, display]) => display !== undefined)
    expect(known.length).toBeGreaterThan(WRITERS)
    for (const [id, display] of known) expect([id, there.get(id) ?? null]).toEqual([id, display])
  } finally {
    await server.kill()
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }
}, 300_000)
