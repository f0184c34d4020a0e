import { isZone } from '../core/zone.ts'
import { confidential, custom, flag, oneOf, optional, type Setting, url, whole, words } from './setting.ts'
import { workSettings } from './work-settings.ts'

/** Every setting of the server, each with its sentence. Nothing else is read from the environment. */
export const settings = {
  host: words({
    name: 'ROLLCALL_HOST',
    about: 'The address it listens on; 0.0.0.0 for all of this machine.',
    takes: 'an address',
    standard: '127.0.0.1',
  }),
  port: whole({
    name: 'ROLLCALL_PORT',
    about: 'The port it listens on; 0 takes a free one.',
    standard: 8484,
    least: 0,
    most: 65_535,
  }),
  publicUrl: custom<string | undefined>({
    name: 'ROLLCALL_PUBLIC_URL',
    about: 'The address under which clients reach it; used in links and in the service directory.',
    fallback: 'from host and port',
    takes: 'such as https://rollcall.example.com',
    standard: undefined,
    read: (text) => url(/^https?:\/\//, 'https://rollcall.example.com')(text).replace(/\/+$/, ''),
  }),
  tlsCert: optional({
    name: 'ROLLCALL_TLS_CERT',
    about: 'Path of the certificate chain (PEM); with the key it serves HTTPS.',
    takes: 'a path',
  }),
  tlsKey: optional({
    name: 'ROLLCALL_TLS_KEY',
    about: 'Path of the private key of the certificate (PEM).',
    takes: 'a path',
  }),
  trustProxy: flag({
    name: 'ROLLCALL_TRUST_PROXY',
    about: "Whether to believe a proxy's word for a client's address and scheme.",
    standard: false,
  }),
  data: words({
    name: 'ROLLCALL_DATA',
    about: 'The folder of everything that is embedded; one process at a time.',
    takes: 'a path',
    standard: './data',
  }),
  eventsUrl: custom<string | undefined>({
    name: 'ROLLCALL_EVENTS_URL',
    about: 'ClickHouse by address, as the user that writes and migrates; the embedded engine when unset.',
    fallback: 'embedded',
    secret: true,
    takes: 'such as clickhouse+https://user:password@host:8443/rollcall',
    standard: undefined,
    read: url(/^clickhouse\+https?:\/\//, 'clickhouse+https://user:password@host:8443/rollcall'),
  }),
  eventsReportUrl: custom<string | undefined>({
    name: 'ROLLCALL_EVENTS_REPORT_URL',
    about: 'The same ClickHouse, as the user that reads for reports, behind row policies.',
    fallback: 'embedded',
    secret: true,
    takes: 'such as clickhouse+https://report:password@host:8443/report',
    standard: undefined,
    read: url(/^clickhouse\+https?:\/\//, 'clickhouse+https://report:password@host:8443/report'),
  }),
  controlUrl: custom<string | undefined>({
    name: 'ROLLCALL_CONTROL_URL',
    about: 'PostgreSQL for the inbox and the state; SQLite in the data folder when unset.',
    fallback: 'SQLite in the data folder',
    secret: true,
    takes: 'such as postgres://user:password@host:5432/rollcall',
    standard: undefined,
    read: url(/^postgres(ql)?:\/\//, 'postgres://user:password@host:5432/rollcall'),
  }),
  ...workSettings,
  adminKey: confidential({
    name: 'ROLLCALL_ADMIN_KEY',
    about: "The operator's key of the native API.",
    fallback: 'made at first start, kept in admin.key of the data folder',
  }),
  masterKey: confidential({
    name: 'ROLLCALL_MASTER_KEY',
    about: 'Encrypts private service keys at rest; required with PostgreSQL.',
    fallback: 'made at first start, kept in master.key of the data folder',
  }),
  infraKey: confidential({
    name: 'ROLLCALL_INFRA_KEY',
    about: 'The 1Kosmos infra key; calls that need it are refused while unset.',
  }),
  workerKey: confidential({
    name: 'ROLLCALL_WORKER_KEY',
    about: 'The `apikey` with which a worker outside reports on its 1Kosmos jobs; refused while unset.',
  }),
  onekosmosProfile: oneOf({
    name: 'ROLLCALL_ONEKOSMOS_PROFILE',
    about: 'Whether the 1Kosmos surface answers as documented or as the live service was observed to.',
    of: ['documented', 'observed'],
    standard: 'documented',
  }),
  onekosmosPlain: flag({
    name: 'ROLLCALL_ONEKOSMOS_PLAIN',
    about: 'Whether the 1Kosmos surface takes unencrypted bodies.',
    standard: true,
  }),
  onekosmosTimeSpan: whole({
    name: 'ROLLCALL_ONEKOSMOS_TIME_SPAN',
    about: "Seconds that a 1Kosmos request's clock may differ.",
    standard: 60,
    least: 1,
    most: 86_400,
    unit: 'seconds',
  }),
  onekosmosInternalLicences: flag({
    name: 'ROLLCALL_ONEKOSMOS_INTERNAL_LICENCES',
    about: 'Whether the plain /u1 licence endpoints are served; only for an internal network.',
    standard: false,
  }),
  onekosmosDirectory: custom<Readonly<Record<string, string>>>({
    name: 'ROLLCALL_ONEKOSMOS_DIRECTORY',
    about: 'Other services of the 1Kosmos service directory, as JSON of name to address.',
    fallback: '{}',
    takes: 'JSON such as {"adminconsole":"https://console.example.com"}',
    standard: {},
    read: (text) => {
      const value: unknown = JSON.parse(text)
      const ok =
        typeof value === 'object' &&
        value !== null &&
        Object.values(value).every((one) => typeof one === 'string' && URL.canParse(one))
      if (!ok)
        throw new Error(
          'must be a JSON object of name to address, such as {"adminconsole":"https://console.example.com"}',
        )
      return value as Record<string, string>
    },
  }),
  onekosmosSources: custom<Readonly<Record<string, string>>>({
    name: 'ROLLCALL_ONEKOSMOS_SOURCES',
    about:
      'Services that have what this directory would have, as JSON of name to address: reports on role assignments and hardware tokens are read from adminconsole, on verification sessions from idproofing, when these are named here.',
    fallback: '{}, so that all of it is kept here',
    takes: 'JSON such as {"adminconsole":"https://console.example.com/reports"}',
    standard: {},
    read: (text) => {
      const value: unknown = JSON.parse(text)
      const names = ['adminconsole', 'idproofing']
      const ok =
        typeof value === 'object' &&
        value !== null &&
        Object.entries(value).every(
          ([name, one]) =>
            names.includes(name) && typeof one === 'string' && /^https?:\/\/[^/?#]/.test(one) && URL.canParse(one),
        )
      if (!ok)
        throw new Error(
          'must be a JSON object with adminconsole, idproofing or both, and their addresses, such as {"adminconsole":"https://console.example.com/reports"}',
        )
      return value as Record<string, string>
    },
  }),
  onekosmosSourceLicence: custom<string | undefined>({
    name: 'ROLLCALL_ONEKOSMOS_SOURCE_LICENCE',
    about: 'The licence key that is shown, encrypted, to the services of ROLLCALL_ONEKOSMOS_SOURCES.',
    fallback: 'none; required with ROLLCALL_ONEKOSMOS_SOURCES',
    secret: true,
    takes: 'a licence key',
    standard: undefined,
    read: (text) => text,
  }),
  serviceKeyGraceHours: whole({
    name: 'ROLLCALL_SERVICE_KEY_GRACE_HOURS',
    about: 'How long a replaced service key still decrypts, for clients that cached it.',
    standard: 24,
    least: 0,
    most: 8_760,
    unit: 'hours',
  }),
  reportTimezone: custom<string>({
    name: 'ROLLCALL_REPORT_TIMEZONE',
    about: "A realm's time zone unless it sets its own.",
    fallback: 'UTC',
    takes: 'an IANA time zone such as Europe/Zurich',
    standard: 'UTC',
    read: (text) => {
      if (!isZone(text)) throw new Error('must be an IANA time zone such as Europe/Zurich')
      return text
    },
  }),
  retentionDays: custom<number | undefined>({
    name: 'ROLLCALL_RETENTION_DAYS',
    about:
      'Events older than this are neither shown nor kept; rollups and states stay. Exact at read time, dropped by month.',
    takes: '1 to 36500 days',
    standard: undefined,
    read: (text) => {
      const days = Number(text)
      if (!Number.isSafeInteger(days) || days < 1 || days > 36_500)
        throw new Error('must be a whole number of days from 1 to 36500')
      return days
    },
  }),
  logLevel: oneOf({
    name: 'ROLLCALL_LOG_LEVEL',
    about: 'How much is logged.',
    of: ['silent', 'error', 'warn', 'info', 'debug'],
    standard: 'info',
  }),
  role: oneOf({
    name: 'ROLLCALL_ROLE',
    about: 'What this process does: answer requests, work in the background, or both. Both with SQLite.',
    of: ['all', 'api', 'worker'],
    standard: 'all',
  }),
  bodyBytes: whole({
    name: 'ROLLCALL_BODY_BYTES',
    about: 'Largest body of one request; a stream of lines may be longer.',
    standard: 16_777_216,
    least: 65_536,
    most: 1_073_741_824,
    unit: 'bytes',
  }),
  batchEvents: whole({
    name: 'ROLLCALL_BATCH_EVENTS',
    about: 'Most events in one array; a stream of lines may hold more.',
    standard: 50_000,
    least: 1,
    most: 1_000_000,
    unit: 'events',
  }),
  eventBytes: whole({
    name: 'ROLLCALL_EVENT_BYTES',
    about: 'Largest event.',
    standard: 262_144,
    least: 1_024,
    most: 16_777_216,
    unit: 'bytes',
  }),
  eventDepth: whole({
    name: 'ROLLCALL_EVENT_DEPTH',
    about: 'How deep an event may nest.',
    standard: 32,
    least: 2,
    most: 256,
    unit: 'levels',
  }),
  eventKeys: whole({
    name: 'ROLLCALL_EVENT_KEYS',
    about: 'Most keys in one event, in all its objects together.',
    standard: 1_000,
    least: 10,
    most: 20_000,
  }),
  eventNameLength: whole({
    name: 'ROLLCALL_EVENT_NAME_LENGTH',
    about: 'Longest key of an event, and longest event name.',
    standard: 256,
    least: 16,
    most: 4_096,
    unit: 'characters',
  }),
  eventOldestYear: whole({
    name: 'ROLLCALL_EVENT_OLDEST_YEAR',
    about: 'Events before this year are refused.',
    standard: 1990,
    least: 1970,
    most: 2100,
  }),
  eventAheadHours: whole({
    name: 'ROLLCALL_EVENT_AHEAD_HOURS',
    about: 'Events further ahead of the clock than this are refused.',
    standard: 24,
    least: 0,
    most: 8_760,
    unit: 'hours',
  }),
  inboxEvents: whole({
    name: 'ROLLCALL_INBOX_EVENTS',
    about: 'Most events that wait for the store; beyond it sending is refused with 503.',
    standard: 5_000_000,
    least: 1_000,
    most: 1_000_000_000,
    unit: 'events',
  }),
  inboxBytes: whole({
    name: 'ROLLCALL_INBOX_BYTES',
    about: 'Most bytes that wait for the store.',
    standard: 8_589_934_592,
    least: 1_048_576,
    most: 1_099_511_627_776,
    unit: 'bytes',
  }),
  inboxFreeDisk: whole({
    name: 'ROLLCALL_INBOX_FREE_DISK',
    about: 'Free disk below which sending is refused (embedded state only).',
    standard: 268_435_456,
    least: 0,
    most: 1_099_511_627_776,
    unit: 'bytes',
  }),
  idWindowHours: whole({
    name: 'ROLLCALL_ID_WINDOW_HOURS',
    about: "How long a sender's event id is surely remembered, so that a repeat is a duplicate.",
    standard: 48,
    least: 1,
    most: 8_760,
    unit: 'hours',
  }),
  idWindowIds: whole({
    name: 'ROLLCALL_ID_WINDOW_IDS',
    about: 'Most event ids remembered in one of two generations.',
    standard: 10_000_000,
    least: 1_000,
    most: 1_000_000_000,
  }),
  textIndex: flag({
    name: 'ROLLCALL_TEXT_INDEX',
    about:
      'Whether searches by any text have an index, which the engine builds for each month that ended; without it they read the texts of the whole window.',
    standard: true,
  }),
  querySeconds: whole({
    name: 'ROLLCALL_QUERY_SECONDS',
    about: 'Longest time one question may take.',
    standard: 30,
    least: 1,
    most: 3_600,
    unit: 'seconds',
  }),
  engineMemory: whole({
    name: 'ROLLCALL_ENGINE_MEMORY',
    about: 'Most memory of the embedded engine.',
    standard: 2_147_483_648,
    least: 536_870_912,
    most: 1_099_511_627_776,
    unit: 'bytes',
  }),
  idleSeconds: whole({
    name: 'ROLLCALL_IDLE_SECONDS',
    about: 'A connection on which nothing moves for so long, and four times the longest question, is closed.',
    standard: 60,
    least: 1,
    most: 86_400,
    unit: 'seconds',
  }),
  rateFailed: whole({
    name: 'ROLLCALL_RATE_FAILED',
    about: 'Refused keys per address and minute before the address must wait; 0 is no limit.',
    standard: 60,
    least: 0,
    most: 1_000_000,
  }),
  rateOpen: whole({
    name: 'ROLLCALL_RATE_OPEN',
    about: 'Licence checks and ecdsa_helper calls per address and minute; 0 is no limit.',
    standard: 600,
    least: 0,
    most: 1_000_000,
  }),
  rateAddress: whole({
    name: 'ROLLCALL_RATE_ADDRESS',
    about: 'All requests per address and minute; 0 is no limit.',
    standard: 0,
    least: 0,
    most: 100_000_000,
  }),
  rateKey: whole({
    name: 'ROLLCALL_RATE_KEY',
    about: 'All requests per key and minute; 0 is no limit.',
    standard: 0,
    least: 0,
    most: 100_000_000,
  }),
} as const

type Values<S> = { readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never }

/** What was set, typed and checked. */
export type Settings = Values<typeof settings>
