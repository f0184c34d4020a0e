import { setTimeout as pause } from 'node:timers/promises'
import { SMTPServer } from 'smtp-server'
import type { Bench, Found } from '../bench.ts'
import { median } from '../load/figures.ts'
import { say } from '../print/number.ts'
import { residentBytes } from '../proc.ts'
import { merged } from '../rollcall/engine.ts'
import { type RealmId, type RunningRollcall, startRollcall } from '../rollcall/rollcall.ts'
import { writeHistory } from '../workload/history.ts'

const SAMPLE_MS = 100
const STUCK_MS = 120_000
const DAY = 86_400_000

/** A mail server that counts what it takes and keeps nothing. */
const startSink = async () => {
  let taken = 0
  let bytes = 0
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, _session, done) {
      stream.on('data', (part: Buffer) => {
        bytes += part.length
      })
      stream.on('end', () => {
        taken += 1
        done()
      })
    },
  })
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.server.address()
  return {
    url: `smtp://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`,
    taken: () => taken,
    bytes: () => bytes,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

const ask = async (rollcall: RunningRollcall, { tenantId, communityId }: RealmId): Promise<number> => {
  const started = performance.now()
  await rollcall.call('POST', `/v1/realms/${tenantId}/${communityId}/reports/application-usage`, { page: { size: 25 } })
  return performance.now() - started
}

/** Asks again and again until told to stop; answers how long each took, and how much memory there was meanwhile. */
const watch = (rollcall: RunningRollcall, realm: RealmId) => {
  let running = true
  const ms: number[] = []
  const memory: { readonly server: number; readonly engine: number }[] = []
  const ended = (async () => {
    while (running) {
      ms.push(await ask(rollcall, realm))
      memory.push({ server: residentBytes(rollcall.pid), engine: residentBytes(rollcall.enginePid) })
      await pause(SAMPLE_MS)
    }
  })()
  return async () => {
    running = false
    await ended
    const sorted = ms.toSorted((a, b) => a - b)
    return {
      p50: median(ms),
      p99: sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))] ?? Number.NaN,
      server: Math.max(...memory.map((one) => one.server)),
      engine: Math.max(...memory.map((one) => one.engine)),
    }
  }
}

/** Very many subscriptions that are due in the same moment, worked off while somebody asks questions. */
export const subscriptions: Bench = {
  name: 'subscriptions',
  about: 'a thousand subscriptions due at once: how long, how much memory, and what questions take beside',
  async run(stage): Promise<Found> {
    const number = stage.quick ? 50 : 1_000
    const events = stage.quick ? 20_000 : 200_000
    await using sink = await startSink()
    await using rollcall = await startRollcall({
      folder: stage.folder('rollcall-subscriptions'),
      settings: { ROLLCALL_SMTP_URL: sink.url },
    })
    const { realm } = await rollcall.realm('Subscriptions')
    const engine = await rollcall.asks.ask('engine', null)
    await writeHistory(engine, { realm, events, days: 2, until: Date.now(), fromEvent: 0, toEvent: events })
    await merged(engine)
    stage.say(`Making ${say.count(number)} subscriptions over ${say.count(events)} events`)
    const path = `/v1/realms/${realm.tenantId}/${realm.communityId}/subscriptions`
    for (let at = 0; at < number; at++)
      await rollcall.call('POST', path, {
        report: 'application-usage',
        period: 'day',
        formats: ['html'],
        recipients: [{ email: `reader-${at}@example.com` }],
      })
    const before = watch(rollcall, realm)
    await pause(stage.quick ? 2_000 : 10_000)
    const rest = await before()
    stage.say('All of them become due')
    const during = watch(rollcall, realm)
    const started = performance.now()
    await rollcall.asks.ask('ahead', 1.5 * DAY)
    for (let [last, since] = [-1, Date.now()]; sink.taken() < number; await pause(50)) {
      if (sink.taken() !== last) [last, since] = [sink.taken(), Date.now()]
      if (Date.now() - since > STUCK_MS) throw new Error(`Only ${last} of ${number} e-mails came, and no more do`)
    }
    const seconds = (performance.now() - started) / 1_000
    const busy = await during()
    const row = (name: string, one: typeof rest) => [
      name,
      say.mebibytes(one.server),
      say.mebibytes(one.engine),
      say.ms(one.p50),
      say.ms(one.p99),
    ]
    return {
      figures: { number, events, seconds, mailBytes: sink.bytes(), rest, busy },
      tables: [
        {
          title: `${say.count(number)} daily reports due at once, each as HTML to one reader`,
          head: ['', 'server (peak)', 'engine (peak)', 'a question beside p50, ms', 'p99, ms'],
          rows: [row('at rest', rest), row('while they are worked off', busy)],
          notes: [
            `worked off in ${seconds.toFixed(1)} s, ${(number / seconds).toFixed(1)} reports a second made and delivered; ${say.mebibytes(sink.bytes())} of mail`,
          ],
        },
      ],
    }
  },
}
