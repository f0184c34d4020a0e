/** What was sent and what became of it, kept by the sender, against which the stores are judged. */
export interface Ledger {
  /** Event id to event time, for everything that was acknowledged. */
  readonly acknowledged: Map<string, number>
  /** Duplicates and conflicts that the server told apart. */
  duplicates: number
  conflicts: number
  /** Requests that ended without an answer. */
  broken: number
}

export interface Load {
  readonly ledger: Ledger
  /** Stops taking new events; resolves when every one that was begun has been acknowledged. */
  stop(): Promise<void>
}

const DAY_MS = 86_400_000
/** What a sender rests after each event. Without it the senders have both cores, and the engine, which is nice, none. */
const REST_MS = 20
const pick = <T>(of: readonly T[], at: number): T => of[at % of.length] as T

const eventOf = (id: string, n: number): { at: number; text: string } => {
  // Most are of now, some late by weeks, a few by years: several months travel in one batch.
  const at = Date.now() - (n % 11 === 0 ? (n % 20) * 3 * DAY_MS : n % 97 === 0 ? 1_500 * DAY_MS : 0)
  const event = {
    event_name: pick(['login', 'login.redirect', 'login.attempt', 'device.added', 'registration.created'], n),
    event_id: id,
    timestamp: at,
    outcome: n % 7 === 0 ? 'failure' : 'success',
    user_id: `user-${n % 37}`,
    device_id: `device-${n % 53}`,
    session_id: `session-${n % 211}`,
    application: pick(['mail', 'payroll', 'wiki'], n),
    n,
  }
  return { at, text: JSON.stringify(event) }
}

/**
 * Sends events without end over several connections, each again until it is acknowledged, whatever happens to the server.
 * Before each request it waits for the target: a server that starts has the machine for itself.
 */
export const startLoad = (
  target: () => Promise<{ readonly events: string; readonly key: string }>,
  senders: number,
  from = 0,
): Load => {
  const ledger: Ledger = { acknowledged: new Map(), duplicates: 0, conflicts: 0, broken: 0 }
  let stopping = false
  let next = from

  const post = async (text: string): Promise<{ status: number; outcome: string | undefined } | undefined> => {
    const { events, key } = await target()
    try {
      const response = await fetch(events, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: text,
        signal: AbortSignal.timeout(20_000),
      })
      const body = (await response.json()) as { results?: { outcome: string }[] }
      return { status: response.status, outcome: body.results?.[0]?.outcome }
    } catch {
      ledger.broken++
      return undefined
    }
  }

  const deliver = async (id: string, n: number): Promise<void> => {
    const { at, text } = eventOf(id, n)
    for (;;) {
      const answer = await post(text)
      if (answer?.outcome === 'accepted' || answer?.outcome === 'duplicate') {
        if (answer.outcome === 'duplicate') ledger.duplicates++
        ledger.acknowledged.set(id, at)
        break
      }
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    if (n % 13 === 0) {
      const again = await post(text)
      if (again?.outcome === 'duplicate') ledger.duplicates++
    }
    if (n % 29 === 0) {
      const other = await post(text.replace('"user-', '"other-'))
      if (other?.status === 400 || other?.status === 409) ledger.conflicts++
      else if (other?.outcome === 'accepted') throw new Error(`A conflicting event ${id} was accepted`)
    }
  }

  const sender = async (): Promise<void> => {
    while (!stopping) {
      const n = next++
      await deliver(`event-${n}`, n)
      await new Promise((resolve) => setTimeout(resolve, REST_MS))
    }
  }
  const sending = Promise.all(Array.from({ length: senders }, sender))
  return {
    ledger,
    async stop() {
      stopping = true
      await sending
    },
  }
}
