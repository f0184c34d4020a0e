import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCommand } from '../command.ts'
import { type Mailbox, startMailbox } from '../smtp.ts'
import { until } from '../until.ts'
import { adminKey, startWorld, type World } from '../world.ts'

const stack = new AsyncDisposableStack()
let mailbox: Mailbox
let world: World
let realm: string
beforeAll(async () => {
  mailbox = stack.use(await startMailbox())
  world = stack.use(
    await startWorld({
      ROLLCALL_SMTP_URL: mailbox.url,
      // Nobody answers there: what reads from it is tried again and again, and does not end meanwhile.
      ROLLCALL_ONEKOSMOS_SOURCES: '{"adminconsole":"http://127.0.0.1:1/nobody"}',
      ROLLCALL_ONEKOSMOS_SOURCE_LICENCE: 'licence-of-rollcall',
    }),
  )
  const { tenantId, communityId } = await world.realm()
  realm = `${tenantId}/${communityId}`
})
afterAll(() => stack.disposeAsync())

const rollcall = (...args: readonly string[]) =>
  runCommand([...args, '--url', world.url, '--key', adminKey, '--realm', realm], {}, world.folder)

interface Job {
  readonly id: string
  readonly status: string
  readonly reason: string | null
  readonly deliveries: readonly { readonly id: string; readonly state: string; readonly messageId: string }[]
}
const exported = async (body: object): Promise<string> => {
  const { status, body: job } = await world.call('POST', `/v1/realms/${realm}/exports`, body)
  expect(status).toBe(202)
  return (job as Job).id
}
const jobOf = async (id: string) => (await world.call('GET', `/v1/realms/${realm}/jobs/${id}`)).body as Job

test('rollcall job cancel cancels a job that has not ended', async () => {
  const id = await exported({ report: 'hardware-tokens' })
  await until(async () => (await jobOf(id)).reason !== null)
  expect(await jobOf(id)).toMatchObject({
    status: 'pending',
    reason: 'The service adminconsole, which has these rows, could not be reached',
  })
  expect(await rollcall('job', 'cancel', id)).toEqual({ code: 0, out: `Cancelled ${id}.\n`, err: '' })
  expect(await jobOf(id)).toMatchObject({ status: 'cancelled', deliveries: [] })
  expect((await rollcall('job', 'show', id)).out).toMatch(/status[ │]+cancelled/)
  expect(await rollcall('job', 'cancel', id)).toEqual({
    code: 1,
    out: '',
    err: expect.stringContaining('This job cannot be cancelled any more: it is cancelled'),
  })
})

test('rollcall job resend sends a message again that failed, under the same Message-ID', async () => {
  mailbox.answer('gone@acme.example', 550)
  const id = await exported({ report: 'event-search', notify: ['gone@acme.example'] })
  await until(async () => (await jobOf(id)).deliveries[0]?.state === 'failed')
  const [failed] = (await jobOf(id)).deliveries
  expect(mailbox.mails).toEqual([])
  mailbox.answer('gone@acme.example', 250)
  const delivery = failed?.id ?? ''
  expect(await rollcall('job', 'resend', delivery)).toEqual({
    code: 0,
    out: 'It goes to gone@acme.example again.\n',
    err: '',
  })
  await until(async () => (await jobOf(id)).deliveries[0]?.state === 'sent')
  expect(mailbox.mails.map(({ to, mail }) => [to, mail.messageId])).toEqual([
    [['gone@acme.example'], `<${failed?.messageId}>`],
  ])
  expect(await rollcall('job', 'resend', delivery)).toEqual({
    code: 1,
    out: '',
    err: expect.stringContaining('this one is sent'),
  })
})
