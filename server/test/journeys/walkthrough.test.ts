import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { adminKey, infraKey, startWorld } from '../world.ts'

const run = promisify(execFile)
const example = (name: string): string => join(import.meta.dirname, '../../../docs/examples', `${name}.mjs`)
const workerKey = 'test-worker-key-0123456789'

const nothing = '{"page":{"total":0,"pSize":25,"pIndex":0},"data":[]}'
const community = '/tenant/{tenantId}/community/{communityId}'

/** What each call is answered, from its begin on; the walk says a hundred characters of it, and ids differ. */
const answers = {
  both: [
    [`PUT ${community}/event/E_LOGIN_ATTEMPT`, '200 {"status":"OK","event_id":"<id>"}'],
    [
      `POST ${community}/events`,
      '200 {"page":{"total":1,"pSize":10,"pIndex":0},"data":[{"type":"event","user_id":"ann"',
    ],
    [`POST ${community}/transactions`, `200 ${nothing}`],
    [`POST ${community}/last_seen_report`, '200 {"data":[{"type":"event","user_id":"ann","sp_name":"wiki"'],
    [`POST ${community}/v2/login_activity_report`, `200 ${nothing}`],
    [`POST ${community}/passwordless_login_activity_report`, `200 ${nothing}`],
    [`POST ${community}/service_onboarding_report`, `200 ${nothing}`],
    [`POST ${community}/service_usage_report`, `200 ${nothing}`],
    [`POST ${community}/metrics`, '200 {"count":0}'],
    [`POST ${community}/role_assignment`, `200 ${nothing}`],
    [`POST ${community}/hardwaretokens_export`, '201 {"jobId":"<id>"}'],
    [`POST ${community}/verification_sessions_report`, '201 {"jobId":"<id>"}'],
    [`POST ${community}/download/jobs`, '200 {"page":{"total":2,"pSize":10,"pIndex":0},"data":[{"jobId":"<id>","'],
    [`POST ${community}/job`, '200 {"status":"OK"}'],
    [`PATCH ${community}/job/<id>`, '200 {"status":"OK"}'],
    [
      `PATCH ${community}/download/job/<id>`,
      '200 {"createdAt":<ms>,"status":"Cancelled","sendNotificationTo":["ann@acme.example"]}',
    ],
    ['DELETE /download/cleanup', '204 '],
    ['GET /servicekeys', '200 {"data":"'],
    ['DELETE /servicekey/{keyId}', '204 '],
    ['POST /ecdsa_helper/encrypt', '200 {"data":"'],
    ['GET /environment', '200 {"EC_CURVE_NAME":"secp256k1","allowed_time_span":60}'],
    ['GET /healthz', '200 {"status":"all services operational","publicKey":"'],
    ['GET /publickeys', '200 {"publicKey":"'],
    ['GET /sd', '200 {"events":"http://'],
  ],
  documented: [
    [
      `POST ${community}/application_usage_report`,
      '200 {"page":{"total":1,"pSize":25,"pIndex":0},"data":[{"serviceProvider":"wiki","user_id":"ann","latest_',
    ],
    [`POST ${community}/audit_log`, `200 ${nothing}`],
    [`POST ${community}/login_activity_report`, `200 ${nothing}`],
  ],
  observed: [
    [
      `POST ${community}/application_usage_report`,
      '200 {"page":{"total":1,"pSize":25,"pIndex":0},"data":[{"type":"event","user_id":"ann","sp_name":"wiki"',
    ],
    [`POST ${community}/audit_log`, '200 {"page":{"total":0,"pSize":25,"pIndex":0},"data":{"auditLogEvents":[]}}'],
    [
      `POST ${community}/login_activity_report`,
      '200 {"page":{"total":0,"pSize":25,"pIndex":0},"data":{"activityEvents":[],"loginEvents":[]}}',
    ],
  ],
} as const

const uuid = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g

test.each(['documented', 'observed'] as const)(
  'the walk through 1Kosmos Reports calls every endpoint, each of which answers as %s',
  async (profile) => {
    await using world = await startWorld({ ROLLCALL_WORKER_KEY: workerKey, ROLLCALL_ONEKOSMOS_PROFILE: profile })
    const env = { PATH: process.env.PATH, ADMIN: adminKey, INFRA: infraKey, WORKER: workerKey }
    const { stdout } = await run(process.execPath, [example('walkthrough'), world.url], { env })
    const lines = stdout.split('\n')
    const told = lines.slice(0, 27).map((line) => line.replace(uuid, '<id>').replace(/:\d{13}\b/g, ':<ms>'))
    const said = new Map(
      told.map((line) => {
        const [, call = line, answer = ''] = /^ ?\d+ (\S+ \S+) (\d{3} .*)$/.exec(line) ?? []
        return [call, answer]
      }),
    )
    expect(said.size).toBe(27)
    for (const [call, begin] of [...answers.both, ...answers[profile]])
      expect([call, said.get(call)?.slice(0, begin.length)]).toEqual([call, begin])
    expect(lines.slice(27)).toEqual([expect.stringMatching(/^The file of \S+: 200, 86 bytes$/), '27 endpoints', ''])
  },
)

test.each(['walkthrough', 'onekosmos'])('the example %s says in a sentence that no server answers', async (name) => {
  const env = { PATH: process.env.PATH, SERVER: 'http://127.0.0.1:1' }
  const ended = await run(process.execPath, [example(name), 'http://127.0.0.1:1'], { env }).catch((error) => error)
  expect([ended.code, ended.stdout]).toEqual([1, ''])
  expect(ended.stderr).toMatch(
    /^No server answers at http:\/\/127\.0\.0\.1:1 \(.+\)\. Start one with "npm start", or .+\.\n$/,
  )
})

test('the example onekosmos says in a sentence that a path begins with no service', async () => {
  await using world = await startWorld()
  const env = { PATH: process.env.PATH, SERVER: world.url }
  const ended = await run(process.execPath, [example('onekosmos'), 'GET', '/nothing'], { env }).catch((error) => error)
  expect([ended.code, ended.stdout]).toEqual([1, ''])
  expect(ended.stderr).toBe(
    'There is no service at /nothing (it answered 404). Begin the path with /events, /reports or /licenses.\n',
  )
})
