import { DAY_MS, HOUR_MS } from '../../core/window.ts'
import { type Chance, chance, uuidOf } from './chance.ts'
import { type Application, administrators, departments, newcomers, type Person, staff } from './company.ts'
import { privilegedSessions } from './privileged.ts'

/** One event as the 1Kosmos Events API takes it. */
export interface DemoEvent {
  readonly name: string
  /** Epoch milliseconds. */
  readonly at: number
  readonly body: Readonly<Record<string, unknown>>
}

const MINUTE_MS = 60_000
/** The company's clock is one hour ahead of UTC. */
const CLOCK_MS = HOUR_MS
const methods = ['push', 'push', 'push', 'otp', 'fido', 'qr'] as const
const reasons = ['Wrong passcode', 'Push was declined', 'Push was not answered', 'Unknown device'] as const

type Tell = (name: string, at: number, fields: Record<string, unknown>) => void

const whoIs = (person: Person) => ({
  user_id: person.userId,
  person_id: person.personId,
  user_firstname: person.firstname,
  user_lastname: person.lastname,
  user_email: person.email,
  user_status: 'active',
  client_ip_address: person.ip,
})

const deviceOf = (person: Person) => ({
  device_id: person.deviceId,
  auth_device_name: person.device,
  auth_device_os: person.device.startsWith('iPhone') ? 'iOS' : 'Android',
  auth_device_app_name: 'Acme Authenticator',
})

/** One login: the attempt, perhaps a code, then success and the way into the application, or failures. */
const login = (person: Person, application: Application, at: number, luck: Chance, tell: Tell): void => {
  const method = luck.of(methods)
  const session = { session_id: uuidOf(`session ${person.userId} ${at}`), auth_method: method }
  const target = { application: application.name, sp_id: application.id, sp_name: application.name }
  const who = { ...whoIs(person), ...session }
  const fails = luck.happens(0.05) ? luck.whole(1, 3) : 0
  let now = at
  for (let failed = 0; failed < fails; failed++) {
    tell('E_LOGIN_ATTEMPT', now, { ...who, ...target })
    tell('E_LOGIN_FAILED', now + 9_000, { ...who, ...target, login_state: 'FAILED', reason: luck.of(reasons) })
    now += 30_000
  }
  if (fails === 3) {
    tell('E_ACCOUNT_LOCKED', now, { ...who, reason: 'Three failed logins in a row' })
    return
  }
  tell('E_LOGIN_ATTEMPT', now, { ...who, ...target })
  if (method === 'otp') tell('E_LOG_OTP_REQUESTED', now + 1_000, { ...who, otp_type: luck.of(['sms', 'email']) })
  tell('E_LOGIN_SUCCEEDED', now + 8_000, { ...who, ...deviceOf(person), ...target, login_state: 'SUCCESS' })
  tell('E_SP_REDIRECT_SUCCEEDED', now + 9_000, { ...who, ...deviceOf(person), ...target, sp_type: application.type })
}

const workingDay = (person: Person, midnight: number, luck: Chance, tell: Tell): void => {
  if (luck.happens(0.08)) return
  const [first, ...others] = departments[person.department]
  let at = midnight + person.start * HOUR_MS + luck.whole(0, 50 * MINUTE_MS)
  login(person, first, at, luck, tell)
  for (const application of others) {
    if (!luck.happens(0.4)) continue
    at += luck.whole(10 * MINUTE_MS, 150 * MINUTE_MS)
    login(person, application, at, luck, tell)
  }
}

/** What administrators change: an entry of the audit log each. */
const administration = (midnight: number, luck: Chance, tell: Tell): void => {
  for (const admin of administrators) {
    if (!luck.happens(0.35)) continue
    const at = midnight + luck.whole(9 * 60, 17 * 60) * MINUTE_MS
    const who = { user_id: admin.userId, user_name: admin.email, connection_ip_address: admin.ip }
    const audit = { ...who, eventCategory: 'AUDIT_LOG' }
    const directory = { directory_id: 'dir-hq', directory_name: 'Headquarters', directory_type: 'ldap' }
    const target = luck.of(departments.IT)
    const kinds: readonly [() => void, ...(() => void)[]] = [
      () =>
        tell('E_SP_MODIFIED', at, {
          ...audit,
          sp_id: target.id,
          sp_name: target.name,
          old_session_minutes: 480,
          new_session_minutes: luck.whole(2, 12) * 60,
        }),
      () => tell('E_DIRECTORY_MODIFIED', at, { ...audit, ...directory, new_sync_minutes: luck.whole(1, 6) * 10 }),
      () =>
        tell('E_DIRECTORY_ATTRIBUTE_ADDED', at, { ...audit, ...directory, attribute: `costCentre${luck.whole(1, 9)}` }),
      () => tell('E_IDP_CONFIGURATION_MODIFIED', at, { ...audit, new_otp_length: luck.of([6, 8]) }),
    ]
    luck.of(kinds)()
  }
}

/** Weeks since 1970; one newcomer joins in each, on its Tuesday. */
const weekOf = (day: number): number => Math.floor((day + 3) / 7)
const newcomerOf = (week: number): Person | undefined => newcomers[week % newcomers.length]
const TUESDAY = 1

const onboarding = (day: number, midnight: number, tell: Tell): void => {
  const joins = newcomerOf(weekOf(day))
  if (!joins || (day + 3) % 7 !== TUESDAY) return
  const invited = midnight + 8 * HOUR_MS
  tell('E_USER_INVITED', invited, { ...whoIs(joins), user_status: 'invited', invited_by: administrators[0]?.userId })
  tell('E_USER_ONBOARDED', invited + 40 * MINUTE_MS, { ...whoIs(joins), ...deviceOf(joins) })
}

/** Newcomers who joined in the weeks before and work here now. */
const joined = (day: number): readonly Person[] =>
  Array.from({ length: newcomers.length - 1 }, (_, ago) => newcomerOf(weekOf(day) - 1 - ago)).filter(
    (one) => one !== undefined,
  )

/**
 * What happens at the company on one day (whole days since 1970 in UTC), in order of time: the same in every run, so
 * that sending it again adds nothing.
 */
export const eventsOfDay = (day: number): readonly DemoEvent[] => {
  const midnight = day * DAY_MS - CLOCK_MS
  const events: DemoEvent[] = []
  const tell: Tell = (name, at, fields) => {
    const when = new Date(at)
    events.push({
      name,
      at,
      body: {
        type: 'event',
        version: 'v1',
        event_id: uuidOf(`${name} ${at} ${events.length}`),
        timestamp: when.toISOString().replace('T', ' ').replace('Z', ''),
        epoch_time: Math.floor(at / 1_000),
        tenant_dns: 'acme.example',
        ...fields,
      },
    })
  }
  const luck = chance(`company ${day}`)
  const weekend = (day + 3) % 7 >= 5
  onboarding(day, midnight, tell)
  if (!weekend) administration(midnight, luck, tell)
  if (!weekend) privilegedSessions(day, midnight, tell)
  for (const person of [...staff, ...joined(day)]) {
    const own = chance(`${person.userId} ${day}`)
    if (!weekend || (person.department === 'Support' && own.happens(0.5)) || own.happens(0.04))
      workingDay(person, midnight, own, tell)
  }
  return events.sort((a, b) => a.at - b.at)
}
