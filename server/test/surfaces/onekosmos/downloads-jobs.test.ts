import { afterAll, beforeAll, expect, it } from 'vitest'
import { infraKey, startWorld, type World } from '../../world.ts'
import { send } from './client.ts'
import { download, ended, jobIdOf, jobsOf, outsideJob, realmPath, workerKey } from './downloads-setting.ts'
import { type Setting, settle } from './reports-setting.ts'

let world: World
let setting: Setting
beforeAll(async () => {
  world = await startWorld({ ROLLCALL_WORKER_KEY: workerKey })
  setting = await settle(world)
  for (const name of ['events', 'audit_log', 'transactions'])
    await ended(setting, jobIdOf(await setting.ask(name, { download })))
})
afterAll(() => world[Symbol.asyncDispose]())

it('sorts and pages the list of jobs', async () => {
  const all = await setting.ask('download/jobs', { sort: [{ field: 'createdAt', order: 'asc' }], pSize: 100 })
  const { page } = all.json as { page: { total: number; pSize: number; pIndex: number } }
  expect(all.text).toMatch(/^\{"page":\{"total":\d+,"pSize":100,"pIndex":0\},"data":\[\{"jobId":/)
  expect(page.total).toBe(jobsOf(all).length)
  const times = jobsOf(all).map(({ createdAt }) => createdAt)
  expect(times).toEqual([...times].sort((a, b) => a - b))
  const second = await setting.ask('download/jobs', {
    sort: [{ field: 'jobId', order: 'desc' }],
    pSize: 1,
    pIndex: 1,
  })
  expect(jobsOf(second).map(({ jobId }) => jobId)).toEqual([
    jobsOf(all)
      .map(({ jobId }) => jobId)
      .sort()
      .at(-2),
  ])
  expect((await setting.ask('download/jobs')).text).toMatch(/"pSize":10,"pIndex":0/)
  for (const sort of ['x', [{ field: 'payload' }], [{ field: 'jobId', order: 'up' }], [null]])
    expect((await setting.ask('download/jobs', { sort })).json).toMatchObject({ errors: [{ param: 'sort' }] })
  const other = await settle(world)
  expect(jobsOf(await other.ask('download/jobs'))).toEqual([])
})

it('cancels a job that has not ended, and says that one that has cannot be', async () => {
  const done = jobIdOf(await setting.ask('audit_log', { download }))
  await ended(setting, done)
  const cancel = (jobId: string) => setting.client.call('PATCH', `${realmPath(setting)}/download/job/${jobId}`, {})
  const late = await cancel(done)
  expect([late.status, (late.json as { message: string }).message]).toEqual([
    403,
    'This job cannot be cancelled any more: it is completed',
  ])
  expect((await cancel('no-such-job')).status).toBe(404)
})

it('lets a licence of another realm see, make and cancel nothing', async () => {
  const other = await settle(world)
  for (const [method, path] of [
    ['POST', 'download/jobs'],
    ['POST', 'job'],
    ['PATCH', 'download/job/x'],
    ['POST', 'events'],
  ] as const) {
    const body = path === 'job' ? { jobId: 'x' } : path === 'events' ? { download } : {}
    const reply = await other.client.call(method, `${realmPath(setting)}/${path}`, body)
    // What is wrong with a body is told before a licence is looked up.
    expect([path, reply.status]).toEqual([path, path === 'job' ? 400 : 403])
  }
})

it('cleans up for the infra key in the clear, and for nobody else', async () => {
  const clean = (licensekey?: string) =>
    send('DELETE', `${world.url}/reports/download/cleanup`, licensekey === undefined ? {} : { headers: { licensekey } })
  expect((await clean()).status).toBe(403)
  expect((await clean('wrong')).status).toBe(403)
  expect((await clean(await world.licence(undefined, 'system'))).status).toBe(403)
  const cleaned = await clean(infraKey)
  expect([cleaned.status, cleaned.text]).toEqual([204, ''])
  expect(jobsOf(await setting.ask('download/jobs')).length).toBeGreaterThan(0)
})

it('shows every job of the community, whoever asked for it, with what was said of the request', async () => {
  const colleague = await settle(world, setting.realm)
  const about = {
    tenant_dns: 'acme.example',
    user_id: 'eve',
    community_name: 'default',
    caller_ip: '192.0.2.9',
    tenant: 't-1',
    community: { id: 'c-1' },
  }
  // The prose of one endpoint calls requestBy so.
  const asked = { requestedBy: 'eve@acme.example', notificationList: ['eve@acme.example'], eventData: about }
  const jobId = jobIdOf(await colleague.ask('service_usage_report', { download: asked }))
  const job = await ended(setting, jobId)
  expect(job).toEqual({
    jobId,
    createdAt: expect.any(Number),
    completedAt: expect.any(Number),
    status: 'Completed',
    requestedBy: 'eve@acme.example',
    sendNotificationTo: ['eve@acme.example'],
    // The mark of UTF-8, three heads in quotes, two commas, and the end of the line.
    size: 3 + '"user_id","login_count","last_login"'.length + 2,
    downloadLink: expect.stringMatching(/^http:.*\/files\//),
    rows: 0,
    total: 0,
    more: false,
  })
  const { tenantId, communityId } = setting.realm
  expect(await world.call('GET', `/v1/realms/${tenantId}/${communityId}/jobs/${jobId}`)).toMatchObject({
    status: 200,
    body: { id: jobId, about },
  })
})

it('keeps the jobs of another worker as that one says they are', async () => {
  // Some workers write seconds, others milliseconds.
  const job = { ...outsideJob(setting, 'outside-1'), status: 'Running', createdAt: 1_318_781_876, more: 'kept' }
  const path = `${realmPath(setting)}/job`
  const made = await setting.client.call('POST', path, { data: setting.client.seal(JSON.stringify(job)) })
  expect([made.status, made.text]).toEqual([200, '{"status":"OK"}'])
  const listed = async (jobId: string) =>
    jobsOf(await setting.ask('download/jobs', { pSize: 100 })).find((one) => one.jobId === jobId)
  expect(await listed('outside-1')).toEqual({
    jobId: 'outside-1',
    createdAt: 1_318_781_876_000,
    completedAt: null,
    status: 'Running',
    requestedBy: 'ann@acme.example',
    sendNotificationTo: ['bob@acme.example'],
    size: null,
    downloadLink: '',
  })
  const { tenantId, communityId } = setting.realm
  const kept = async () => (await world.call('GET', `/v1/realms/${tenantId}/${communityId}/jobs/outside-1`)).body
  // Every field is kept, and no worker of ours has touched it.
  expect(await kept()).toMatchObject({ kind: 'external', status: 'Running', attempts: 0, startedAt: null, about: job })
  const again = await setting.client.call('POST', path, job)
  expect([again.status, again.json]).toMatchObject([400, { errors: [{ param: 'jobId' }] }])
  const wrong = await setting.client.call('POST', path, {
    data: { ...job, jobId: '', tenantId: 'other', query: 'x', size: -1, completedAt: undefined },
  })
  expect((wrong.json as { errors: { param: string }[] }).errors.map(({ param }) => param)).toEqual([
    'jobId',
    'query',
    'completedAt',
    'tenantId',
    'size',
  ])
  const patch = (body: unknown, apikey: string | undefined, jobId = 'outside-1') =>
    send('PATCH', `${world.url}/reports${path}/${jobId}`, {
      headers: { 'content-type': 'application/json', ...(apikey === undefined ? {} : { apikey }) },
      body: JSON.stringify(body),
    })
  expect((await patch({ status: 'x' }, undefined)).json).toMatchObject({ errors: [{ param: 'apikey' }] })
  expect((await patch({ status: 'x' }, 'wrong')).status).toBe(403)
  expect((await patch({}, workerKey)).json).toMatchObject({ errors: [{ param: 'status' }] })
  expect((await patch({ status: 'x' }, workerKey, 'none')).status).toBe(404)
  const end = { status: 'Done', completedAt: 1_318_781_999, downloadLink: 'https://files.example/1', size: 12 }
  expect((await patch(end, workerKey)).text).toBe('{"status":"OK"}')
  expect(await listed('outside-1')).toMatchObject({
    status: 'Done',
    completedAt: 1_318_781_999_000,
    downloadLink: 'https://files.example/1',
    size: 12,
  })
  expect(await kept()).toMatchObject({
    attempts: 0,
    about: { ...job, status: 'Done', downloadLink: 'https://files.example/1' },
  })
  const sealedPatch = await send('PATCH', `${world.url}/reports${path}/outside-1`, {
    headers: { 'content-type': 'application/json', apikey: workerKey, publickey: setting.client.pair.publicKey },
    body: JSON.stringify({ data: setting.client.seal('{"status":"Sealed"}') }),
  })
  expect(sealedPatch.text).toBe('{"status":"OK"}')
  expect((await patch({ data: setting.client.seal('{"status":"x"}') }, workerKey)).json).toMatchObject({
    errors: [{ param: 'publickey' }],
  })
})

it('cancels the job of another worker once, and answers exactly three fields', async () => {
  const job = { ...outsideJob(setting, 'outside-2'), completedAt: null, size: null }
  const made = await setting.client.call('POST', `${realmPath(setting)}/job`, { data: job })
  expect([made.status, made.text]).toEqual([200, '{"status":"OK"}'])
  const cancel = () => setting.client.call('PATCH', `${realmPath(setting)}/download/job/outside-2`)
  const cancelled = await cancel()
  expect([cancelled.status, cancelled.text]).toEqual([
    200,
    '{"createdAt":1700000000123,"status":"Cancelled","sendNotificationTo":["bob@acme.example"]}',
  ])
  const late = await cancel()
  expect([late.status, late.text]).toEqual([
    403,
    '{"statusCode":403,"error":"Forbidden","message":"This job cannot be cancelled any more: it is Cancelled"}',
  ])
})
