import { classify } from '../../server/src/core/catalogue.ts'
import { askEngine, type EngineAddress } from '../rollcall/engine.ts'
import type { RealmId } from '../rollcall/rollcall.ts'

export interface History {
  readonly realm: RealmId
  /** Events of the whole history, and those of them that are written now: the newest come last. */
  readonly events: number
  readonly fromEvent: number
  readonly toEvent: number
  readonly days: number
  /** Epoch milliseconds of its newest event. */
  readonly until: number
  /** Whether events have what their sender sent; without it they are written in a fraction of the time. */
  readonly bodies?: boolean
}

/** Rows of one insert. */
const BLOCK = 250_000
/** Rows that the engine takes at once: what it computes of each, its words above all, has to fit its memory. */
const ENGINE_ROWS = 20_000
/** Inserts at a time: one, as the server itself has it, so that parts lie behind each other in time. */
const AT_ONCE = 1
const USERS = 20_000
const DAY_MS = 86_400_000

/** Event names and how many of a thousand events have them. */
const shares: readonly (readonly [name: string, share: number])[] = [
  ['E_LOGIN_ATTEMPT', 300],
  ['E_LOGIN_SUCCEEDED', 250],
  ['E_SP_REDIRECT_SUCCEEDED', 250],
  ['E_LOGIN_FAILED', 50],
  ['E_LOG_OTP_REQUESTED', 80],
  ['E_USER_ONBOARDED', 10],
  ['E_SP_MODIFIED', 10],
  ['TRANSACTION_SIGNED', 20],
  ['E_IDV_DOCUMENTCAPTURE', 30],
]

const names = shares.flatMap(([name, share]) => Array<string>(share / 10).fill(name))
const list = (values: readonly string[]): string => `[${values.map((value) => `'${value}'`).join(', ')}]`
const meant = (part: 'action' | 'outcome' | 'category'): string => {
  const known = shares.map(([name]) => name)
  return `transform(event_name, ${list(known)}, ${list(known.map((name) => classify('onekosmos', name)[part]))}, '')`
}

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

/** The JSON that a sender would have sent for a row, as SQL that writes it. */
const raw = `concat('{"type":"', kind, '","event_id":"', event_id, '","event_name":"', event_name,
  '","version":"v1","journey_id":"', hex(sipHash128(number, 'j')), '","session_id":"', session_id,
  '","client_ip_address":"', ip, '","caller_user_agent":"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36","user_id":"', user_id,
  '","person_id":"', person_id, '","user_status":"active","user_email":"', user_id, '@example.com","user_firstname":"Firstname","user_lastname":"Lastname","source_user_directory":"ad","tenant_dns":"example.1kosmos.net","auth_method":"', auth_method,
  '","device_id":"', device_id, '","auth_device_os":"iOS 18","sp_type":"saml","sp_name":"', application, '","country":"US","region":"NJ",',
  if(category = '', '', concat('"eventCategory":"', category, '",')),
  '"factsSubmitted":{"applicationId":"', application, '","machine_id":"machine', toString(user), '","machine_os":"',
  ['Windows 11', 'macOS 15', 'Ubuntu 24.04', 'Windows 10', 'ChromeOS'][user % 5 + 1],
  '","groups":["staff","vpn"],"mobileLocation":{"lat":40.35,"lon":-74.66}},"event_ts":', toString(toUnixTimestamp64Milli(event_ts)), '}')`

const rows = ({ realm, events, days, until, bodies = true }: History, from: number, to: number): string => `
  WITH cityHash64(number, 'name') AS dice,
       cityHash64(number, 'user') % ${USERS} AS user
  SELECT ${quoted(realm.tenantId)} AS tenant_id, ${quoted(realm.communityId)} AS community_id, number + 1 AS seq,
         toString(toUUID(UUIDNumToString(sipHash128(number, 'event')))) AS event_id,
         'onekosmos' AS dialect, ${list(names)}[dice % ${names.length} + 1] AS event_name,
         ${meant('action')} AS action, ${meant('outcome')} AS outcome, ${meant('category')} AS category,
         if(event_name = 'TRANSACTION_SIGNED', 'transaction', 'event') AS kind,
         fromUnixTimestamp64Milli(toInt64(${until} - (${events} - number) * ${(days * DAY_MS) / events}), 'UTC') AS event_ts,
         event_ts AS received_ts, toInt32(intDiv(toUnixTimestamp(event_ts), 3600)) AS local_hour,
         concat('user', toString(user)) AS user_id, concat('person', toString(user % 19000)) AS person_id,
         concat('device', toString((user * 7 + dice % 2) % 30000)) AS device_id,
         hex(sipHash128(intDiv(number, 4), 's')) AS session_id,
         if(event_name = 'E_LOGIN_SUCCEEDED' AND dice % 37 = 0, 'adminx', concat('application', toString((user + dice % 3) % 40))) AS application,
         ['push', 'otp', 'liveid', 'fido2', 'qr'][dice % 5 + 1] AS auth_method,
         concat('10.', toString(user % 200), '.', toString(dice % 250), '.17') AS ip,
         ${bodies ? raw : "'{}'"} AS raw
  FROM numbers(${from}, ${to - from})`

const columns = [
  'tenant_id',
  'community_id',
  'seq',
  'event_id',
  'dialect',
  'event_name',
  'action',
  'outcome',
  'category',
  'kind',
  'event_ts',
  'received_ts',
  'local_hour',
  'user_id',
  'person_id',
  'device_id',
  'session_id',
  'application',
  'auth_method',
  'ip',
  'raw',
].join(', ')

/** Writes a believable history into the store, made by the engine itself; the same numbers make the same events. */
export const writeHistory = async (engine: EngineAddress, history: History): Promise<void> => {
  let next = history.fromEvent
  const writeBlocks = async (): Promise<void> => {
    while (next < history.toEvent) {
      const from = next
      next = Math.min(from + BLOCK, history.toEvent)
      await askEngine(
        engine,
        `INSERT INTO rollcall.events (${columns}) SELECT ${columns} FROM (${rows(history, from, next)}) SETTINGS max_block_size = 4096, min_insert_block_size_rows = ${ENGINE_ROWS}`,
      )
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, writeBlocks))
}
