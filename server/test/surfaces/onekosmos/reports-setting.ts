import { randomUUID } from 'node:crypto'
import { startWorld, type World } from '../../world.ts'
import { type Client, connect, type Reply } from './client.ts'

export type RealmIds = Awaited<ReturnType<World['realm']>>

/** An event as a sender has it, beside its name. */
export type Sent = readonly [name: string, event: Record<string, unknown>]

/** A realm of a running server, with a client of its own Reports service. */
export interface Setting {
  readonly realm: RealmIds
  readonly client: Client
  /** Asks a query of the realm. */
  ask(name: string, body?: unknown, change?: Readonly<Record<string, string | undefined>>): Promise<Reply>
  /** Sends events, each under its name, and answers them as they were sent. */
  send(events: readonly Sent[]): Promise<void>
}

/** Starts a server in one of the two profiles. */
export const startReports = (
  profile: 'documented' | 'observed',
  set: Readonly<Record<string, string>> = {},
  options: Parameters<typeof startWorld>[1] = {},
): Promise<World> => startWorld({ ROLLCALL_ONEKOSMOS_PROFILE: profile, ...set }, options)

/** A new realm of the server, or one that is there, and a client with a licence of that realm; its clock may be a test's. */
export const settle = async (world: World, there?: RealmIds, now: () => number = Date.now): Promise<Setting> => {
  const realm = there ?? (await world.realm())
  const client = await connect({
    service: `${world.url}/reports`,
    licence: await world.licence(realm, 'community'),
    now,
  })
  const path = `/tenant/${realm.tenantId}/community/${realm.communityId}`
  return {
    realm,
    client,
    ask: (name, body = {}, change = {}) => client.call('POST', `${path}/${name}`, body, change),
    async send(events) {
      for (const [name, event] of events) {
        const reply = await client.putEvent(realm, name, { type: 'event', event_id: randomUUID(), ...event })
        if (reply.status !== 200) throw new Error(`${name} was answered ${reply.status}: ${reply.text}`)
      }
    },
  }
}

/** The time so many minutes ago, as senders write it. */
export const minutesAgo = (minutes: number, now = Date.now()): string =>
  new Date(now - minutes * 60_000).toISOString().replace('T', ' ').replace('Z', '')

/** The rows of an answer's `data`. */
export const rowsOf = (reply: Reply): Record<string, unknown>[] =>
  (reply.json as { data: Record<string, unknown>[] }).data

/** One field of every row. */
export const pick = (reply: Reply, name: string): unknown[] => rowsOf(reply).map((row) => row[name])
