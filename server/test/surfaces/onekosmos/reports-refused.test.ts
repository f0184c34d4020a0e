import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { World } from '../../world.ts'
import { type Setting, settle, startReports } from './reports-setting.ts'

const day = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString()
const empty = (param: string) => `{"message":"This field should not be empty","param":"${param}"}`
const header = (param: string) => `{"message":"This header should not be empty","param":"${param}"}`
const from = '{"message":"Field should be from current time to minus 90 days","param":"from"}'
const to = `{"message":"Date 'to' must be after 'from'","param":"to"}`
const M_C_LOGINS = { metricsName: 'M_C_LOGINS' }

type Headers = Readonly<Record<string, string | undefined>>
interface Refused {
  readonly what: string
  readonly ask: readonly [name: string, body: object, headers?: Headers]
  /** Whether a header is wrong: that is another status where documented. */
  readonly header?: true
  readonly errors: readonly string[]
}

const refused: readonly Refused[] = [
  {
    what: 'no licensekey',
    ask: ['events', {}, { licensekey: undefined }],
    header: true,
    errors: [header('licensekey')],
  },
  { what: 'no requestid', ask: ['events', {}, { requestid: undefined }], header: true, errors: [header('requestid')] },
  { what: 'no publickey', ask: ['events', {}, { publickey: undefined }], header: true, errors: [header('publickey')] },
  {
    what: 'a licensekey that cannot be decrypted',
    ask: ['events', {}, { licensekey: 'AAAA' }],
    header: true,
    errors: [`{"message":"This header can't be decrypted","param":"licensekey"}`],
  },
  { what: 'an end before the begin', ask: ['events', { from: day(-2), to: day(-3) }], errors: [to] },
  { what: 'a begin too long ago', ask: ['application_usage_report', { from: day(-92) }], errors: [from] },
  { what: 'a begin in the future', ask: ['audit_log', { from: day(1) }], errors: [from] },
  {
    what: 'a metric of two wrong dates',
    ask: ['metrics', { ...M_C_LOGINS, from: day(-95), to: day(-96) }],
    errors: [from, `{"message":"Date 'to' must be after or equal to 'from'","param":"to"}`],
  },
  { what: 'a metric without a name', ask: ['metrics', {}], errors: [empty('metricsName')] },
  {
    what: 'a metric of another name',
    ask: ['metrics', { metricsName: 'M_C_NOTHING' }],
    errors: [`{"message":"Metrics with that name doesn't exist","param":"metricsName"}`],
  },
  {
    what: 'a metric in no zone',
    ask: ['metrics', { ...M_C_LOGINS, responseTimezone: 'Mars/Olympus' }],
    errors: [
      `{"message":"Field should be an IANA time zone, 'Europe/Zurich' for instance","param":"responseTimezone"}`,
    ],
  },
  {
    what: 'last seen of an event alone',
    ask: ['last_seen_report', { eventName: 'E_LOGIN_SUCCEEDED' }],
    errors: [empty('user_id'), empty('device_id')],
  },
  {
    what: 'last seen of nothing',
    ask: ['last_seen_report', {}],
    errors: [empty('user_id'), empty('device_id'), empty('person_id')],
  },
  {
    what: 'a header and both dates, the header first',
    ask: ['passwordless_login_activity_report', { from: day(-95), to: day(-96) }, { licensekey: undefined }],
    header: true,
    errors: [header('licensekey'), from, to],
  },
  {
    what: 'a page of no rows, and one before the first',
    ask: ['transactions', { pSize: 101, pIndex: -1 }],
    errors: [
      '{"message":"Field should be a whole number from 1 to 100","param":"pSize"}',
      '{"message":"Field should be a whole number from 0 to 1000000000","param":"pIndex"}',
    ],
  },
  {
    what: 'an operator that there is not',
    ask: ['events', { query: { user_id: { $where: 'true' } } }],
    errors: [
      '{"message":"The operator $where is not known; known are $eq, $ne, $in, $nin, $gt, $gte, $lt, $lte, $exists, $not; $and, $or and $not around conditions","param":"query.user_id.$where"}',
    ],
  },
  {
    what: 'a role assignment neither at once nor as a file',
    ask: ['role_assignment', { roles: ['x'] }],
    errors: [empty('download')],
  },
  {
    what: 'an export of tokens without anything',
    ask: ['hardwaretokens_export', {}],
    errors: [empty('reports_type'), empty('download')],
  },
  {
    what: 'an export of sessions without a file',
    ask: ['verification_sessions_report', {}],
    errors: [empty('download')],
  },
  {
    what: 'jobs in no order',
    ask: ['download/jobs', { sort: [{ field: 'jobId', order: 'up' }] }],
    errors: [
      '{"message":"Field should be a list of {field, order}: jobId, createdAt, completedAt, status, requestedBy, size; asc or desc","param":"sort"}',
    ],
  },
]

for (const profile of ['documented', 'observed'] as const)
  describe(`what is wrong with a request is said byte for byte, as ${profile}`, () => {
    let world: World
    let setting: Setting
    beforeAll(async () => {
      world = await startReports(profile)
      setting = await settle(world)
    })
    afterAll(() => world[Symbol.asyncDispose]())

    it.each(refused)('$what', async ({ ask, header, errors }) => {
      const reply = await setting.ask(...ask)
      const [, message] = /^\{"message":"(.*?)","param"/.exec(errors[0] ?? '') ?? []
      const list = `"errors":[${errors.join(',')}]`
      const union = header ? '"statusCode":401,"error":"Unauthorized"' : '"statusCode":400,"error":"Bad Request"'
      expect([reply.status, reply.text]).toEqual(
        profile === 'observed' ? [400, `{${list}}`] : [header ? 401 : 400, `{${union},"message":"${message}",${list}}`],
      )
    })

    it('a licence that is unknown, or has no right here', async () => {
      const unknown = await setting.ask('events', {}, { licensekey: setting.client.seal('unknown') })
      expect([unknown.status, unknown.text]).toEqual([
        401,
        '{"statusCode":401,"error":"Unauthorized","message":"Invalid or Unauthorized License"}',
      ])
      const stranger = await world.licence(await world.realm(), 'community')
      const other = await setting.ask('events', {}, { licensekey: setting.client.seal(stranger) })
      expect([other.status, (other.json as { statusCode: number; error: string }).error]).toEqual([403, 'Forbidden'])
    })
  })
