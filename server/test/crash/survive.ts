import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { freePort } from '../free-port.ts'
import { adminKey } from '../world.ts'
import { judge, noDifferences } from './judge.ts'
import { startLoad } from './load.ts'
import { type ServerProcess, serverProcess } from './process.ts'

/** Kills of each kind in one run of the suite; a third of them hit between the store's insert and the inbox's deletion. */
const KILLS = 51
const BETWEEN = KILLS / 3
const SENDERS = 8

const call = async (
  server: ServerProcess,
  method: string,
  path: string,
  body?: unknown,
): Promise<Record<string, unknown>> => {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return (await response.json()) as Record<string, unknown>
}

const drained = async (server: ServerProcess): Promise<void> => {
  for (;;) {
    const text = await (await fetch(`${server.url}/metrics`)).text()
    if (/^rollcall_inbox_events 0$/m.test(text)) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

export const moment = (most: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.random() * most))

/** Runs a server under load, does harm to it again and again, and compares what was acknowledged with what is stored. */
export const survive = async (harm: (server: ServerProcess) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-crash-'))
  const server = serverProcess(folder, await freePort())
  try {
    await server.start()
    const made = (await call(server, 'POST', '/v1/realms', {
      tenant: { name: 'Crash' },
      community: { name: 'one' },
    })) as {
      tenant: { id: string }
      community: { id: string }
    }
    const events = `${server.url}/v1/realms/${made.tenant.id}/${made.community.id}/events`
    const target = async () => {
      await server.up()
      return { events, key: adminKey }
    }
    const load = startLoad(target, SENDERS)
    for (let kill = 0; kill < KILLS; kill++) {
      if (kill % 3 === 0) await server.between()
      else await moment(250)
      await harm(server)
    }
    await load.stop()
    await drained(server)
    await server.kill()
    const { ids, differences } = await judge(join(folder, 'events'))
    const { acknowledged, duplicates, conflicts, broken } = load.ledger
    process.stdout.write(
      `${KILLS} kills, ${BETWEEN} of them between insert and deletion: ${acknowledged.size} events acknowledged, ` +
        `${ids.length} stored, ${duplicates} duplicates and ${conflicts} conflicts told apart, ${broken} requests broken off\n`,
    )
    expect(ids.toSorted()).toEqual([...acknowledged.keys()].toSorted())
    expect(differences).toEqual(noDifferences)
    expect(acknowledged.size).toBeGreaterThan(KILLS)
  } finally {
    await server.kill()
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }
}
