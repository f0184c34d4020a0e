import { createHash } from 'node:crypto'

/** One event of an identity platform as it is sent: its name, its id, and the JSON of its body. */
export interface SentEvent {
  readonly name: string
  readonly json: string
}

const names = [
  ...Array<string>(6).fill('E_LOGIN_ATTEMPT'),
  ...Array<string>(5).fill('E_LOGIN_SUCCEEDED'),
  ...Array<string>(5).fill('E_SP_REDIRECT_SUCCEEDED'),
  ...Array<string>(2).fill('E_LOG_OTP_REQUESTED'),
  'E_LOGIN_FAILED',
  'E_USER_ONBOARDED',
]
const methods = ['push', 'otp', 'liveid', 'fido2', 'qr']
const systems = ['Windows 11', 'macOS 15', 'Ubuntu 24.04', 'iOS 18', 'Android 15']
const agents = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15',
]

const pick = <T>(of: readonly T[], at: number): T => of[at % of.length] as T

/** An id of the form that senders give, from a run's word and a number: the same two make the same id. */
export const idOf = (run: string, n: number): string => {
  const hex = createHash('md5').update(`${run}/${n}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`
}

/** The n-th event of a run, about 1.1 kB, with the fields that login events of the 1Kosmos platform have. */
export const eventOf = (run: string, n: number, at: number): SentEvent => {
  const user = (n * 7_919) % 20_000
  const name = pick(names, n * 13 + 5)
  const event = {
    type: 'event',
    event_id: idOf(run, n),
    event_ts: at,
    version: 'v1',
    journey_id: idOf(`${run}/journey`, n),
    session_id: idOf(`${run}/session`, n >> 2),
    client_ip_address: `10.${user % 200}.${n % 250}.17`,
    caller_user_agent: pick(agents, user),
    user_id: `user${user}`,
    person_id: `person${user % 19_000}`,
    user_status: 'active',
    user_email: `user${user}@example.com`,
    user_firstname: 'Firstname',
    user_lastname: `Lastname${user}`,
    source_user_directory: 'ad',
    tenant_dns: 'example.1kosmos.net',
    auth_method: pick(methods, n),
    device_id: `device${user % 25_000}`,
    auth_device_os: pick(systems, user + 3),
    auth_device_app_name: 'BlockID',
    auth_device_app_version: '1.10.42',
    sp_type: 'saml',
    sp_name: `application${(user + (n % 5)) % 40}`,
    country: 'US',
    region: 'NJ',
    factsSubmitted: {
      applicationId: `application${(user + (n % 5)) % 40}`,
      machine_id: `machine${user}`,
      machine_os: pick(systems, user),
      groups: ['staff', 'vpn'],
      authenticationMethods: ['password', pick(methods, n)],
      mobileLocation: { lat: 40.35, lon: -74.66 },
    },
    epoch_time: Math.floor(at / 1000),
  }
  return { name, json: JSON.stringify(event) }
}

const actions = [
  ...Array<string>(6).fill('login.attempt'),
  ...Array<string>(5).fill('login'),
  ...Array<string>(5).fill('login.redirect'),
  ...Array<string>(2).fill('otp.requested'),
  'device.added',
  'user.onboarded',
]

/** The same as a line of the native API, spread over the days before an instant. */
export const lineOf = (run: string, n: number, until: number, days: number): string => {
  const at = until - ((n * 2_654_435_761) % (days * 86_400_000))
  const { sp_name, client_ip_address, ...rest } = JSON.parse(eventOf(run, n, at).json)
  const { type: _type, epoch_time: _time, ...event } = rest
  return `${JSON.stringify({ event_name: pick(actions, n * 13 + 5), ...event, application: sp_name, ip: client_ip_address })}\n`
}
