import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Mailbox, startMailbox } from '../../smtp.ts'
import { until } from '../../until.ts'
import { infraKey, startWorld, type World } from '../../world.ts'
import { connect, type Reply, send } from './client.ts'
import { minutesAgo, type Setting, settle } from './reports-setting.ts'

const workerKey = 'test-worker-key-0123456789'
const download = {
  requestBy: 'ann@acme.example',
  notificationList: ['ann@acme.example', 'bob@acme.example'],
  eventData: { tenant_dns: 'acme.example', user_id: 'ann', caller_ip: '192.0.2.1' },
}

interface Item {
  readonly jobId: string
  readonly createdAt: number
  readonly completedAt: number | null
  readonly status: string
  readonly requestedBy: string
  readonly sendNotificationTo: readonly string[]
  readonly size: number | null
  readonly downloadLink: string
  readonly rows: number
}

const jobsOf = (reply: Reply): readonly Item[] => (reply.json as { data: Item[] }).data
const jobIdOf = (reply: Reply): string => (reply.json as { jobId: string }).jobId

/** Waits until a job has ended, and answers it. */
const ended = async (setting: Setting, jobId: string): Promise<Item> => {
  let found: Item | undefined
  await until(async () => {
    found = jobsOf(await setting.ask('download/jobs', { pSize: 100 })).find((job) => job.jobId === jobId)
    return found?.completedAt != null
  })
  if (!found) throw new Error('The job is not listed')
  return found
}
const fileOf = async (setting: Setting, jobId: string): Promise<string> => {
  const { downloadLink } = await ended(setting, jobId)
  // Fetch drops the byte order mark of a text.
  return Buffer.from(await (await fetch(downloadLink)).arrayBuffer()).toString()
}

describe('downloads, as documented', () => {
  const stack = new AsyncDisposableStack()
  let mailbox: Mailbox
  let world: World
  let setting: Setting
  beforeAll(async () => {
    mailbox = stack.use(await startMailbox())
    world = stack.use(
      await startWorld({
        ROLLCALL_SMTP_URL: mailbox.url,
        ROLLCALL_MAIL_FROM: 'Rollcall <reports@acme.example>',
        ROLLCALL_WORKER_KEY: workerKey,
      }),
    )
    setting = await settle(world)
    await setting.send([
      [
        'E_LOGIN_ATTEMPT',
        { event_id: 'e1', user_id: '=cmd', sp_name: 'wiki', timestamp: minutesAgo(3), person_id: 'p' },
      ],
      [
        'E_LOGIN_ATTEMPT',
        { event_id: 'e2', user_id: 'ann', sp_name: 'wiki', timestamp: minutesAgo(2), n: -1.5, o: { a: '"' } },
      ],
      ['E_LOGIN_ATTEMPT', { event_id: 'e3', user_id: 'ann', sp_name: 'chat', timestamp: minutesAgo(1) }],
    ])
  })
  afterAll(() => stack.disposeAsync())

  const realmPath = () => `/tenant/${setting.realm.tenantId}/community/${setting.realm.communityId}`

  it('answers with the job, writes the file, tells each address, and lists all of it', async () => {
    const from = minutesAgo(60)
    const to = minutesAgo(-60)
    const reply = await setting.ask('application_usage_report', { from, to, download })
    expect(reply.text).toMatch(/^\{"jobId":"[0-9a-f-]{36}"\}$/)
    expect(reply.status).toBe(200)
    const job = await ended(setting, jobIdOf(reply))
    expect(job).toMatchObject({
      status: 'Completed',
      requestedBy: 'ann@acme.example',
      sendNotificationTo: ['ann@acme.example', 'bob@acme.example'],
      rows: 3,
    })
    const file = await fetch(job.downloadLink)
    expect(file.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(file.headers.get('content-disposition')).toBe('attachment; filename="Application_usage.csv"')
    const text = Buffer.from(await file.arrayBuffer()).toString()
    expect(Buffer.byteLength(text)).toBe(job.size)
    expect(text.replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}/g, 'time')).toBe(
      '\uFEFF"serviceProvider","user_id","latest_login","last_login","person_id_count"\r\n' +
        '"wiki","\'=cmd","time",,1\r\n"wiki","ann","time",,0\r\n"chat","ann","time",,0\r\n',
    )
    await until(async () => mailbox.mails.length === 2)
    expect(mailbox.mails.map(({ to }) => to).sort()).toEqual([['ann@acme.example'], ['bob@acme.example']])
    for (const { mail } of mailbox.mails) {
      expect(mail.from?.text).toBe('"Rollcall" <reports@acme.example>')
      expect(mail.subject).toMatch(/^Application usage is ready to download \(Realm \d+ · default\)$/)
      for (const said of [mail.text ?? '', String(mail.html)]) {
        expect(said).toContain('Application usage')
        expect(said).toContain(' · default')
        expect(said).toMatch(/Period(: |<\/th><td>)\d{4}-.*Z to \d{4}-.*Z/)
        expect(said).toMatch(/Rows(: |<\/th><td>)3\b/)
        expect(said).toContain(`${world.url}/files/`)
      }
      const [link = ''] = /http\S+\/files\/\S+/.exec(mail.text ?? '') ?? []
      expect((await fetch(link)).status).toBe(200)
    }
    expect(new Set(mailbox.mails.map(({ mail }) => mail.messageId)).size).toBe(2)
  })

  it('writes events as they were sent: a leading list of columns, then every other name of theirs', async () => {
    const reply = await setting.ask('events', { download, pIndex: 1, pSize: 100_000 })
    const text = await fileOf(setting, jobIdOf(reply))
    const [heads, ...lines] = text.split('\r\n')
    expect(heads).toBe(
      '\uFEFF"timestamp","event_ts","eventName","user_id","event_id","type","event_name","epoch_time","tenant_id","community_id","n","o","sp_name"',
    )
    expect(lines.map((line) => line.split(',').slice(4, 5).concat(line.split(',').slice(10)).join())).toEqual([
      '"e2",-1.5,"{""a"":""\\""""}","wiki"',
      '"e3",,,"chat"',
      '',
    ])
  })

  it('writes the other formats, each event byte for byte in lines of JSON', async () => {
    const asked = await setting.ask('events', { download: { ...download, format: 'ndjson', all: true } })
    const answered = await setting.ask('events')
    const listed = (answered.json as { data: unknown[] }).data
    const text = await fileOf(setting, jobIdOf(asked))
    expect(answered.text).toContain(`"data":[${text.trimEnd().split('\n').join(',')}]`)
    expect(listed).toHaveLength(3)
    const parquet = await setting.ask('service_usage_report', { download: { ...download, format: 'parquet' } })
    expect((await fileOf(setting, jobIdOf(parquet))).slice(0, 4)).toBe('PAR1')
    const sheet = await setting.ask('service_usage_report', { download: { ...download, format: 'xlsx' } })
    expect((await fileOf(setting, jobIdOf(sheet))).slice(0, 4)).toBe('PK\u0003\u0004')
    const path = `/v1/realms/${setting.realm.tenantId}/${setting.realm.communityId}`
    for (const [format, begin, media] of [
      ['pdf', '%PDF-', 'application/pdf'],
      ['html', '<!doctype html>', 'text/html; charset=utf-8'],
    ] as const) {
      const { body } = await world.call('POST', `${path}/exports`, { report: 'application-usage', format })
      const job = async () =>
        (await world.call('GET', `${path}/jobs/${(body as { id: string }).id}`)).body as {
          status: string
          rows: number
          downloadLink: string
        }
      await until(async () => (await job()).status === 'completed')
      const { downloadLink, rows } = await job()
      const file = await fetch(downloadLink)
      expect([rows, file.headers.get('content-type')]).toEqual([3, media])
      expect((await file.text()).slice(0, begin.length)).toBe(begin)
    }
  })

  it('makes a file of a metric under the names of its answer, and refuses one as it refuses all else', async () => {
    const days = await setting.ask('metrics', { metricsName: 'M_GT_SUCCESSFUL_AUTHENTICATIONS', download })
    expect(await fileOf(setting, jobIdOf(days))).toBe('\uFEFF"time","name","count"\r\n')
    const refused = await setting.ask('metrics', { download })
    expect([refused.status, refused.text]).toEqual([
      400,
      '{"statusCode":400,"error":"Bad Request","message":"This field should not be empty","errors":[{"message":"This field should not be empty","param":"metricsName"}]}',
    ])
  })

  it('takes a download on every query', async () => {
    for (const name of [
      'transactions',
      'audit_log',
      'login_activity_report',
      'v2/login_activity_report',
      'passwordless_login_activity_report',
      'service_onboarding_report',
      'service_usage_report',
    ]) {
      const reply = await setting.ask(name, { download })
      expect([name, reply.status, (await ended(setting, jobIdOf(reply))).status]).toEqual([name, 200, 'Completed'])
    }
    const seen = await setting.ask('last_seen_report', { user_id: 'ann', download })
    expect((await ended(setting, jobIdOf(seen))).rows).toBe(1)
  })

  it('refuses what is wrong with a download, everything at once, behind what is wrong with the rest', async () => {
    const reply = await setting.ask('events', {
      to: minutesAgo(60 * 24 * 40),
      download: {
        notificationList: ['ann@acme.example', 'eve@evil.example\r\nBcc: all@acme.example'],
        eventData: { user_id: 7 },
        format: 'exe',
        all: 'yes',
      },
    })
    expect([reply.status, reply.json]).toEqual([
      400,
      {
        statusCode: 400,
        error: 'Bad Request',
        message: "Date 'to' must be after 'from'",
        errors: [
          { message: "Date 'to' must be after 'from'", param: 'to' },
          { message: 'This field should not be empty', param: 'download.requestBy' },
          { message: 'Field should be an email', param: 'download.notificationList.1' },
          { message: 'This field should not be empty', param: 'download.eventData.tenant_dns' },
          { message: 'Field should be a string', param: 'download.eventData.user_id' },
          { message: 'Field should be one of csv, ndjson, xlsx, parquet', param: 'download.format' },
          { message: 'Field should be true or false', param: 'download.all' },
        ],
      },
    ])
    for (const [wrong, message] of [
      ['file', 'Field should be an object'],
      [{ ...download, notificationList: [] }, 'Field should be a list of 1 to 5 emails'],
      [{ ...download, notificationList: Array(6).fill('a@b.example') }, 'Field should be a list of 1 to 5 emails'],
      [{ ...download, notificationList: 'a@b.example' }, 'Field should be a list of 1 to 5 emails'],
      [{ ...download, eventData: 'x' }, 'Field should be an object'],
      [{ ...download, eventData: undefined }, 'This field should not be empty'],
    ] as const) {
      const refused = await setting.ask('audit_log', { download: wrong })
      expect([refused.status, (refused.json as { message: string }).message]).toEqual([400, message])
    }
  })

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
    const cancel = (jobId: string) => setting.client.call('PATCH', `${realmPath()}/download/job/${jobId}`, {})
    const late = await cancel(done)
    expect([late.status, (late.json as { message: string }).message]).toEqual([
      403,
      'This job cannot be cancelled any more: it is completed',
    ])
    expect((await cancel('no-such-job')).status).toBe(404)
  })

  it('keeps the jobs of another worker as that one says they are', async () => {
    const job = {
      jobId: 'outside-1',
      tenantId: setting.realm.tenantId,
      communityId: setting.realm.communityId,
      totalParts: 3,
      totalCount: 3,
      status: 'Running',
      query: [],
      requestedBy: 'ann@acme.example',
      sendNotificationTo: ['bob@acme.example'],
      tenantDns: 'acme.example',
      user_id: 'ann',
      requestUuid: 'uuid',
      createdAt: 1_318_781_876,
      completedAt: 0,
      downloadLink: '',
      size: 0,
      more: 'kept',
    }
    const path = `${realmPath()}/job`
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
    const sealedPatch = await send('PATCH', `${world.url}/reports${path}/outside-1`, {
      headers: { 'content-type': 'application/json', apikey: workerKey, publickey: setting.client.pair.publicKey },
      body: JSON.stringify({ data: setting.client.seal('{"status":"Sealed"}') }),
    })
    expect(sealedPatch.text).toBe('{"status":"OK"}')
    expect((await patch({ data: setting.client.seal('{"status":"x"}') }, workerKey)).json).toMatchObject({
      errors: [{ param: 'publickey' }],
    })
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
      const reply = await other.client.call(method, `${realmPath()}/${path}`, body)
      // What is wrong with a body is told before a licence is looked up.
      expect([path, reply.status]).toEqual([path, path === 'job' ? 400 : 403])
    }
  })

  it('cleans up for the infra key in the clear, and for nobody else', async () => {
    const clean = (licensekey?: string) =>
      send(
        'DELETE',
        `${world.url}/reports/download/cleanup`,
        licensekey === undefined ? {} : { headers: { licensekey } },
      )
    expect((await clean()).status).toBe(403)
    expect((await clean('wrong')).status).toBe(403)
    expect((await clean(await world.licence(undefined, 'system'))).status).toBe(403)
    const cleaned = await clean(infraKey)
    expect([cleaned.status, cleaned.text]).toEqual([204, ''])
    expect(jobsOf(await setting.ask('download/jobs')).length).toBeGreaterThan(0)
  })

  it('a link that was changed, or is another realm’s, opens nothing', async () => {
    const { downloadLink } = await ended(setting, jobIdOf(await setting.ask('audit_log', { download })))
    const at = downloadLink.lastIndexOf('/') + 1
    const [text = '', signature = ''] = downloadLink.slice(at).split('.')
    const says = JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown[]
    const other = await settle(world)
    says[1] = other.realm.communityId
    const forged = Buffer.from(JSON.stringify(says)).toString('base64url')
    for (const token of [
      'x',
      `${text}.`,
      `${text}.${signature.slice(0, -2)}AA`,
      `${forged}.${signature}`,
      `${text}.${signature}.x`,
    ])
      expect((await fetch(`${downloadLink.slice(0, at)}${token}`)).status).toBe(404)
    expect((await fetch(downloadLink)).status).toBe(200)
  })

  it('an address that the mail server refuses is failed, and can be sent to again by hand', async () => {
    mailbox.answer('gone@acme.example', 550)
    const reply = await setting.ask('audit_log', {
      download: { ...download, notificationList: ['gone@acme.example'] },
    })
    const path = `/v1/realms/${setting.realm.tenantId}/${setting.realm.communityId}`
    const deliveries = async () => {
      const { body } = await world.call('GET', `${path}/jobs/${jobIdOf(reply)}`)
      return (body as { deliveries: { id: string; state: string; error: string | null; messageId: string }[] })
        .deliveries
    }
    await until(async () => (await deliveries())[0]?.state === 'failed')
    const [failed] = await deliveries()
    expect(failed?.error).toContain('Not now')
    mailbox.answer('gone@acme.example', 250)
    const again = await world.call('POST', `${path}/deliveries/${failed?.id}/resend`)
    expect(again).toMatchObject({ status: 200, body: { state: 'pending', messageId: failed?.messageId } })
    await until(async () => (await deliveries())[0]?.state === 'sent')
    expect(mailbox.mails.at(-1)?.mail.messageId).toBe(`<${failed?.messageId}>`)
    expect((await world.call('POST', `${path}/deliveries/${failed?.id}/resend`)).status).toBe(409)
  })
})

describe('downloads, as the live service was observed', () => {
  let world: World
  let setting: Setting
  beforeAll(async () => {
    world = await startWorld({ ROLLCALL_ONEKOSMOS_PROFILE: 'observed' })
    setting = await settle(world)
    await setting.send([['E_LOGIN_SUCCEEDED', { user_id: 'ann', event_id: 'a' }]])
  })
  afterAll(() => world[Symbol.asyncDispose]())

  it('starts at the pIndex-th chunk of 5,000', async () => {
    const first = await ended(setting, jobIdOf(await setting.ask('events', { download, pIndex: 0 })))
    const second = await ended(setting, jobIdOf(await setting.ask('events', { download, pIndex: 1 })))
    expect([first.rows, second.rows]).toEqual([1, 0])
  })

  it('takes pIndex for a page of jobs, too, and says a job as documented', async () => {
    const page = async (pIndex: number) =>
      await setting.ask('download/jobs', { pSize: 1, pIndex, sort: [{ field: 'createdAt', order: 'asc' }] })
    const [first, second] = [await page(0), await page(1)]
    expect(second.text).toMatch(
      /^\{"page":\{"total":2,"pSize":1,"pIndex":1\},"data":\[\{"jobId":"[0-9a-f-]{36}","createdAt":\d+,"completedAt":\d+,"status":"Completed","requestedBy":"ann@acme.example","sendNotificationTo":\["ann@acme.example","bob@acme.example"\],"size":\d+,"downloadLink":"http[^"]+","rows":0\}\]\}$/,
    )
    expect([jobsOf(first)[0]?.rows, jobsOf(second)[0]?.rows]).toEqual([1, 0])
  })

  it('refuses byte for byte', async () => {
    const reply = await setting.ask(
      'audit_log',
      { download: { ...download, requestBy: '' } },
      { licensekey: undefined },
    )
    expect([reply.status, reply.text]).toEqual([
      400,
      '{"errors":[{"message":"This header should not be empty","param":"licensekey"},{"message":"This field should not be empty","param":"download.requestBy"}]}',
    ])
    const jobs = await connect({ service: `${world.url}/reports`, licence: 'unknown' })
    const path = `/tenant/${setting.realm.tenantId}/community/${setting.realm.communityId}/download/jobs`
    expect((await jobs.call('POST', path, {})).status).toBe(401)
  })
})
