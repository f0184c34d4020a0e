import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client'

/** How to reach ClickHouse as one of its users; `headers` go with every request. */
export interface StoreLogin {
  readonly url: string
  readonly username: string
  readonly password: string
  readonly headers?: Record<string, string>
  /** `rollcall` when absent. */
  readonly database?: string
}

export const databaseOf = (login: StoreLogin): string => login.database ?? 'rollcall'

/** The report user's own database. It has no tables, so that a question without the runner's preamble fails. */
export const reportDatabase = 'report'

const isPlainWord = (name: string): boolean => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)

/**
 * Reads `clickhouse+http(s)://user:password@host:port/database`.
 * @throws Error one sentence, without the password, that says what is wrong
 */
export const parseEventsUrl = (url: string): StoreLogin => {
  const form = 'clickhouse+https://user:password@host:8443/rollcall'
  if (!/^clickhouse\+https?:\/\//.test(url) || !URL.canParse(url.slice('clickhouse+'.length)))
    throw new Error(`The address of the event store must look like ${form}`)
  const { protocol, host, username, password, pathname, search, hash } = new URL(url.slice('clickhouse+'.length))
  const database = pathname.slice(1) || 'rollcall'
  if (!username) throw new Error(`The address of the event store names no user; it must look like ${form}`)
  if (!isPlainWord(database))
    throw new Error(`The database in the address of the event store must be a plain word, as in ${form}`)
  if (search || hash) throw new Error(`The address of the event store ends with its database, as in ${form}`)
  return {
    url: `${protocol}//${host}`,
    username: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database,
  }
}

/** Long enough for a migration and for the largest insert. */
const PATIENCE_MS = 300_000

/** Opens a client that waits so long for an answer. Its own log stays off: it prints queries. */
export const connect = (login: StoreLogin, database: string, patienceMs = PATIENCE_MS): ClickHouseClient =>
  createClient({
    url: login.url,
    username: login.username,
    password: login.password,
    database,
    application: 'rollcall',
    ...(login.headers ? { http_headers: login.headers } : {}),
    request_timeout: patienceMs,
    max_open_connections: 32,
    use_multipart_params_auto: true,
    log: { level: ClickHouseLogLevel.OFF },
  })
