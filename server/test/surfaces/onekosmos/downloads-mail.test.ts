import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Mailbox, startMailbox } from '../../smtp.ts'
import { until } from '../../until.ts'
import { startWorld, type World } from '../../world.ts'
import { download, ended, jobIdOf, loginAttempts } from './downloads-setting.ts'
import { minutesAgo, type Setting, settle } from './reports-setting.ts'

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
    }),
  )
  setting = await settle(world)
  await setting.send(loginAttempts())
})
afterAll(() => stack.disposeAsync())

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
    return (body as { deliveries: { id: string; state: string; error: string | null; messageId: string }[] }).deliveries
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
