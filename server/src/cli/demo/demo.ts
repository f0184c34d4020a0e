import { createClient, type RollcallClient } from '@rollcall/client'
import { compose, type Rollcall } from '../../compose.ts'
import { loadSettings } from '../../config/load.ts'
import { answered } from '../connection.ts'
import { CliProblem, say, tell } from '../print.ts'
import type { RealmPath } from '../realm-name.ts'
import { drawReport } from '../report.ts'
import { introduce, untilStopped } from '../serve.ts'
import { fillDirectory } from './directory.ts'
import { openSender } from './onekosmos-sender.ts'
import { history, sendAll } from './send-history.ts'
import { whatNext } from './what-next.ts'

const REALM: RealmPath = { tenantId: 'acme', communityId: 'default' }
const LICENCE = 'Demo sender'
const LANES = 32

/** The three reports that are shown, with how many rows of each. */
const shown = [
  { id: 'application-usage', rows: 10 },
  { id: 'service-usage', rows: 10 },
  { id: 'audit-log', rows: 10 },
] as const

/** Creates the realm, or finds it as a former run left it. */
const prepareRealm = async (client: RollcallClient): Promise<void> => {
  const found = await client.GET('/v1/realms/{tenantId}/{communityId}', { params: { path: REALM } })
  if (found.response.ok) return
  answered(
    await client.POST('/v1/realms', {
      body: {
        tenant: { id: REALM.tenantId, name: 'Acme', tag: 'acme', dns: ['acme.example'] },
        community: { id: REALM.communityId, name: 'default' },
        timezone: 'Europe/Zurich',
      },
    }),
  )
}

/** A licence to send with. Its secret is told only once, so that each run makes its own and removes the former one. */
const prepareLicence = async (client: RollcallClient): Promise<string> => {
  const { keys } = answered(await client.GET('/v1/keys', { params: { query: { ...REALM, limit: 1_000 } } }))
  for (const { id } of keys.filter((key) => key.name === LICENCE))
    answered(await client.DELETE('/v1/keys/{id}', { params: { path: { id } } }))
  const made = answered(
    await client.POST('/v1/keys', {
      body: { kind: 'license', name: LICENCE, realm: REALM, authLevel: 'community' },
    }),
  )
  return made.secret
}

/** Shows how far it is: one line that changes on a terminal, a few lines elsewhere. */
const progressOf = (total: number): ((done: number) => void) => {
  const started = performance.now()
  const step = Math.max(1, Math.floor(total / (process.stderr.isTTY ? 100 : 4)))
  return (done) => {
    if (done % step !== 0 && done !== total) return
    const rate = Math.round(done / ((performance.now() - started) / 1_000))
    const line = `  ${done} of ${total} events acknowledged, ${rate} a second`
    if (!process.stderr.isTTY) tell(line)
    else process.stderr.write(`\r${line}${done === total ? '\n' : ''}`)
  }
}

const sendHistory = async (url: string, licence: string, days: number): Promise<void> => {
  const events = history(Date.now(), days)
  tell(
    `Sending ${days} days of Acme's identity events over the 1Kosmos Events API, each with encrypted headers and body:`,
  )
  await using sender = await openSender({ url, licence, realm: REALM, connections: LANES })
  await sendAll(events, sender, LANES, progressOf(events.length))
}

const showReports = async (client: RollcallClient, days: number): Promise<void> => {
  const { reports } = answered(await client.GET('/v1/reports'))
  const from = new Date(Date.now() - days * 86_400_000).toISOString()
  for (const { id, rows } of shown) {
    const report = reports.find((one) => one.id === id)
    const table = answered(
      await client.POST('/v1/realms/{tenantId}/{communityId}/reports/{id}', {
        params: { path: { ...REALM, id } },
        body: { from, page: { size: rows } },
      }),
    )
    if (table.rows.length === 0) throw new CliProblem(`The report ${id} has no rows, though events were sent`)
    say(`\n${report?.title ?? id}: ${report?.about ?? ''}`)
    say(drawReport(table))
    if (table.total !== null && table.total > table.rows.length)
      say(`... and ${table.total - table.rows.length} more rows`)
  }
}

const play = async (rollcall: Rollcall, days: number): Promise<void> => {
  const client = createClient({ baseUrl: rollcall.url, key: rollcall.adminKey.key.reveal() })
  await prepareRealm(client)
  await fillDirectory(client, REALM)
  await sendHistory(rollcall.url, await prepareLicence(client), days)
  await showReports(client, days)
}

/** `rollcall demo`: everything embedded, a company's month of events, three reports, and a server left running. */
export const demo = async (words: {
  readonly data?: string
  readonly days: number
  readonly exit?: boolean
}): Promise<void> => {
  const set = loadSettings()
  const settings = { ...set, data: words.data ?? set.data, logLevel: 'warn' as const }
  const rollcall = await compose(settings, { progress: (sentence) => tell(`${sentence} ...`) })
  try {
    await play(rollcall, words.days)
  } catch (error) {
    await rollcall.close()
    throw error
  }
  if (words.exit) {
    await rollcall.close()
    return
  }
  tell('\nRollcall keeps running; Ctrl-C stops it.')
  introduce(rollcall)
  say(whatNext(rollcall.url, rollcall.adminKey.place, REALM))
  await untilStopped(rollcall)
}
