import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** What the gauges ask for when they are read. */
export interface Gauged {
  readonly depth: () => Promise<{ readonly events: number; readonly bytes: number; readonly oldest: number | null }>
  readonly setAside: () => Promise<number>
  readonly childRestarts: () => number
  readonly now: () => number
}

/** The measurements, in a registry of their own. */
export interface Metrics {
  count(outcome: 'accepted' | 'duplicate' | 'refused', events: number): void
  moved(batch: { readonly rows: number; readonly seconds: number }): void
  ran(state: 'made' | 'failed' | 'skipped' | 'pending' | 'running'): void
  asked(report: string, seconds: number, rowsRead: number): void
  answered(answer: { surface: string; route: string; method: string; status: number; seconds: number }): void
  gauge(sources: Gauged): void
  read(): Promise<{ readonly type: string; readonly text: string }>
}

const secondsBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

export const createMetrics = (): Metrics => {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry, prefix: 'rollcall_' })
  const events = new Counter({
    name: 'rollcall_events_total',
    help: 'Events received, by what became of them: accepted, duplicate or refused.',
    labelNames: ['outcome'],
    registers,
  })
  const received = {
    accepted: events.labels({ outcome: 'accepted' }),
    duplicate: events.labels({ outcome: 'duplicate' }),
    refused: events.labels({ outcome: 'refused' }),
  }
  for (const one of Object.values(received)) one.inc(0)
  const moved = new Counter({
    name: 'rollcall_moved_events_total',
    help: 'Events moved from the inbox to the store.',
    registers,
  })
  const batches = new Histogram({
    name: 'rollcall_move_seconds',
    help: 'How long one batch took from the inbox into the store.',
    buckets: secondsBuckets,
    registers,
  })
  const runs = new Counter({
    name: 'rollcall_subscription_runs_total',
    help: 'Runs of subscriptions that ended, by how: made, failed or skipped.',
    labelNames: ['state'],
    registers,
  })
  for (const state of ['made', 'failed', 'skipped']) runs.inc({ state }, 0)
  const queries = new Histogram({
    name: 'rollcall_query_seconds',
    help: 'How long a report took in the engine, by report.',
    labelNames: ['report'],
    buckets: secondsBuckets,
    registers,
  })
  const rows = new Counter({
    name: 'rollcall_query_rows_read_total',
    help: 'Rows that the engine read for reports.',
    labelNames: ['report'],
    registers,
  })
  const requests = new Histogram({
    name: 'rollcall_http_request_seconds',
    help: 'How long requests took, by surface, route, method and status.',
    labelNames: ['surface', 'route', 'method', 'status'],
    buckets: secondsBuckets,
    registers,
  })
  // Looking labels up costs more than counting; there are as many as routes and statuses.
  const answers = new Map<string, { observe(seconds: number): void }>()
  return {
    count: (outcome, number) => received[outcome].inc(number),
    moved: (batch) => {
      moved.inc(batch.rows)
      batches.observe(batch.seconds)
    },
    ran: (state) => runs.inc({ state }),
    asked: (report, seconds, rowsRead) => {
      queries.observe({ report }, seconds)
      rows.inc({ report }, rowsRead)
    },
    answered: ({ surface, route, method, status, seconds }) => {
      const name = `${surface} ${route} ${method} ${status}`
      let one = answers.get(name)
      if (!one) {
        one = requests.labels({ surface, route, method, status })
        answers.set(name, one)
      }
      one.observe(seconds)
    },
    gauge: (sources) => {
      new Gauge({
        name: 'rollcall_inbox_events',
        help: 'Events that wait in the inbox.',
        registers,
        async collect() {
          this.set((await sources.depth()).events)
        },
      })
      new Gauge({
        name: 'rollcall_inbox_bytes',
        help: 'Bytes that wait in the inbox.',
        registers,
        async collect() {
          this.set((await sources.depth()).bytes)
        },
      })
      new Gauge({
        name: 'rollcall_mover_lag_seconds',
        help: 'Age of the oldest event that waits in the inbox; 0 when none does.',
        registers,
        async collect() {
          const { oldest } = await sources.depth()
          this.set(oldest === null ? 0 : Math.max(0, (sources.now() - oldest) / 1_000))
        },
      })
      new Gauge({
        name: 'rollcall_set_aside_events',
        help: 'Events that the store refused and that wait for the operator.',
        registers,
        async collect() {
          this.set(await sources.setAside())
        },
      })
      new Gauge({
        name: 'rollcall_engine_restarts',
        help: 'How often the embedded engine had to be started again.',
        registers,
        collect() {
          this.set(sources.childRestarts())
        },
      })
    },
    read: async () => ({ type: registry.contentType, text: await registry.metrics() }),
  }
}
