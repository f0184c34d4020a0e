import { createHash } from 'node:crypto'
import { realmFilter } from '../realm-filter.ts'
import { reportProfile } from './report-profile.ts'
import { type Xml, xml } from './xml.ts'

export interface UsersConfig {
  appPassword: string
  reportPassword: string
  /** Tables of the database rollcall that reports may read, each through its row filter. */
  readableTables: readonly string[]
  memoryBytes: number
}

/** The text of the engine's users.xml. Throws on a table name that is not a plain word. */
export function usersConfig({ appPassword, reportPassword, readableTables, memoryBytes }: UsersConfig): string {
  const odd = readableTables.find((name) => !/^[a-z_][a-z0-9_]*$/i.test(name))
  if (odd !== undefined) throw new Error(`"${odd}" cannot be granted to reports: a table name is a plain word.`)
  return xml({
    // The profile named default is under every other one, so what only the start may have is not in it.
    profiles: { default: true, start: { max_sessions_for_user: 1 }, app: true, report: reportProfile(memoryBytes) },
    quotas: { start: { interval: { duration: 2_000_000_000, queries: 2 } }, default: true },
    users: {
      // The engine's start runs as this user, without a password. It keeps the one session that its profile allows for
      // as long as the engine lives, so that nobody else is let in as this user, and its quota is spent as well.
      default: user({
        login: { password: true },
        profile: 'start',
        quota: 'start',
        grants: ['SYSTEM LISTEN ON *.*', 'CREATE TEMPORARY TABLE ON *.*', 'READ ON FILE'],
      }),
      app: user({
        login: hashed(appPassword),
        profile: 'app',
        grants: [
          'ALL ON rollcall.*',
          'ALL ON report.*',
          'SELECT ON system.*',
          'SELECT ON information_schema.*',
          'KILL QUERY ON *.*',
          'CREATE TEMPORARY TABLE ON *.*',
        ],
      }),
      // `report` has no tables: a question that does not say rollcall.<table>, filter and all, finds nothing there.
      report: user({
        login: hashed(reportPassword),
        profile: 'report',
        database: 'report',
        grants: readableTables.map((table) => `SELECT ON rollcall.${table}`),
        filters: Object.fromEntries(readableTables.map((table) => [table, { filter: realmFilter }])),
      }),
    },
  })
}

interface User {
  login: Record<string, Xml>
  profile: string
  quota?: string
  database?: string
  grants: readonly string[]
  filters?: Record<string, Xml>
}

function user({ login, profile, quota = 'default', database, grants, filters }: User): Xml {
  return {
    ...login,
    networks: { ip: '127.0.0.1' },
    profile,
    quota,
    ...(database ? { default_database: database } : {}),
    // An empty list would mean every right there is.
    grants: { query: grants.length ? grants.map((grant) => `GRANT ${grant}`) : ['GRANT USAGE ON *.*'] },
    ...(filters ? { databases: { rollcall: filters } } : {}),
  }
}

const hashed = (password: string): Record<string, Xml> => ({
  password_sha256_hex: createHash('sha256').update(password).digest('hex'),
})
