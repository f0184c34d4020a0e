import { createServer, type IncomingHttpHeaders } from 'node:http'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Mailbox, startMailbox } from '../../smtp.ts'
import { until } from '../../until.ts'
import { adminKey, startWorld, type World } from '../../world.ts'

interface Run {
  readonly id: string
  readonly period: string
  readonly state: string
  readonly reason: string | null
  readonly rows: number | null
  readonly files: readonly { readonly format: string; readonly name: string; readonly url: string }[]
  readonly deliveries: readonly {
    readonly id: string
    readonly state: string
    readonly messageId: string
    readonly error: string | null
  }[]
}
interface Made {
  readonly id: string
  readonly secret: string | null
  readonly next: { readonly period: string; readonly due: string } | null
}
interface Hook {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

let mail: Mailbox
let world: World
let path: string
const clock = { ahead: 0 }
const now = () => Date.now() + clock.ahead
const hooks: Hook[] = []
/** What the webhook's other side answers next; 200 when nothing is left. */
const answers: number[] = []
const receiver = createServer((request, response) => {
  let body = ''
  request.on('data', (part) => {
    body += part
  })
  request.on('end', () => {
    hooks.push({ headers: request.headers, body })
    response.writeHead(answers.shift() ?? 200, { location: '/elsewhere' }).end()
  })
})
let hook: string
let ids: { tenantId: string; communityId: string }

beforeAll(async () => {
  mail = await startMailbox()
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  hook = `http://127.0.0.1:${(receiver.address() as { port: number }).port}/hook`
  world = await startWorld(
    {
      ROLLCALL_SMTP_URL: mail.url,
      ROLLCALL_WEBHOOK_PRIVATE: 'true',
      ROLLCALL_MAIL_FROM: 'Rollcall <reports@rollcall.example>',
    },
    { now },
  )
  ids = await world.realm('Globex <Ü>')
  path = `/v1/realms/${ids.tenantId}/${ids.communityId}`
  await world.call('PATCH', path, { timezone: 'Europe/Zurich' })
})
afterAll(async () => {
  await world?.[Symbol.asyncDispose]()
  await mail?.[Symbol.asyncDispose]()
  receiver.close()
})

const as = async (key: string, method: string, route: string, body?: unknown) => {
  const response = await fetch(`${world.url}${path}${route}`, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, body: (text === '' ? undefined : JSON.parse(text)) as never }
}
const keyOf = async (over: object): Promise<{ id: string; secret: string }> =>
  (await world.call('POST', '/v1/keys', { kind: 'api', name: 'test', realm: ids, ...over })).body as never
const create = async (over: object = {}, key = adminKey): Promise<Made> => {
  const draft = {
    report: 'application-usage',
    period: 'day',
    formats: ['html'],
    recipients: [{ email: 'ann@example.com' }],
  }
  const made = await as(key, 'POST', '/subscriptions', { ...draft, ...over })
  if (made.status !== 201) throw new Error(JSON.stringify(made.body))
  return made.body
}
/** Looks until there is something, and answers it. */
const found = async <T>(look: () => Promise<T | undefined>): Promise<T> => {
  let one: T | undefined
  await until(async () => {
    one = await look()
    return one !== undefined
  })
  return one as T
}
const runsOf = async (id: string): Promise<readonly Run[]> =>
  ((await as(adminKey, 'GET', `/subscriptions/${id}/runs`)).body as { runs: Run[] }).runs
const ended = (id: string, runId?: string): Promise<Run> =>
  found(async () => {
    const run = (await runsOf(id)).find((one) => runId === undefined || one.id === runId)
    return run && run.state !== 'pending' && run.state !== 'running' ? run : undefined
  })
const runNow = async (id: string): Promise<Run> => {
  const run = (await as(adminKey, 'POST', `/subscriptions/${id}/run`)).body as Run
  return await ended(id, run.id)
}

describe('a subscription', () => {
  test('is created, listed, shown, changed, paused and removed', async () => {
    const made = await as(adminKey, 'POST', '/subscriptions', {
      report: 'application-usage',
      period: 'quarter',
      time: '07:30',
      filter: { user_id: ['ann', 'bob'] },
      order: ['-person_id_count'],
      formats: ['html', 'html'],
      recipients: [{ email: 'ann@example.com' }, { email: 'ANN@example.com' }, { email: 'bob@example.com' }],
    })
    expect(made).toMatchObject({
      status: 201,
      body: {
        report: 'application-usage',
        definition: null,
        period: 'quarter',
        time: '07:30',
        filter: { user_id: ['ann', 'bob'] },
        order: ['-person_id_count'],
        formats: ['html'],
        recipients: [{ email: 'ANN@example.com' }, { email: 'bob@example.com' }],
        owner: 'admin',
        timezone: 'Europe/Zurich',
        paused: false,
        signed: false,
        secret: null,
      },
    })
    const { id, ...shown } = made.body as { id: string; secret: null }
    const { secret: _, ...same } = shown
    expect(await as(adminKey, 'GET', `/subscriptions/${id}`)).toEqual({ status: 200, body: { id, ...same } })
    const listed = (await as(adminKey, 'GET', '/subscriptions')).body as { subscriptions: { id: string }[] }
    expect(listed.subscriptions.map((one) => one.id)).toContain(id)
    const changed = await as(adminKey, 'PATCH', `/subscriptions/${id}`, { period: 'day', recipients: [{ url: hook }] })
    expect(changed).toMatchObject({
      status: 200,
      body: { period: 'day', recipients: [{ url: hook }], signed: true, secret: expect.stringMatching(/^whsec_/) },
    })
    expect((await as(adminKey, 'PATCH', `/subscriptions/${id}`, { paused: true })).body).toMatchObject({ next: null })
    expect((await as(adminKey, 'PATCH', `/subscriptions/${id}`, { paused: false })).body).toMatchObject({
      next: { period: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) },
      secret: null,
    })
    expect((await as(adminKey, 'DELETE', `/subscriptions/${id}`)).status).toBe(204)
    expect((await as(adminKey, 'GET', `/subscriptions/${id}`)).status).toBe(404)
    expect((await as(adminKey, 'DELETE', `/subscriptions/${id}`)).status).toBe(404)
  })

  test.each([
    [{ report: 'no-such' }, 'report'],
    [{ report: undefined }, 'report'],
    [{ definition: '5' }, 'report'],
    [{ period: 'fortnight' }, 'period'],
    [{ time: '6:00' }, 'time'],
    [{ formats: [] }, 'formats'],
    [{ formats: ['docx'] }, 'formats.0'],
    [{ recipients: [] }, 'recipients'],
    [{ recipients: [{ email: 'ann@example.com\r\nBcc: eve@example.com' }] }, 'recipients.0.email'],
    [{ recipients: [{ email: 'a@example.com, b@example.com' }] }, 'recipients.0.email'],
    [{ recipients: [{ url: 'ftp://example.com/' }] }, 'recipients.0.url'],
    [{ recipients: [{ url: 'https://user:secret@example.com/' }] }, 'recipients.0.url'],
    [{ filter: { user_id: { like: 'x' } } }, 'user_id'],
    [{ params: { no_such: 1 } }, 'params.no_such'],
    [{ order: ['no_such'] }, 'order'],
    [{ since: 1 }, 'since'],
  ])('that says %j is refused, and the field is named', async (over, name) => {
    const draft = { report: 'application-usage', period: 'day', recipients: [{ email: 'ann@example.com' }], ...over }
    const refused = await as(adminKey, 'POST', '/subscriptions', draft)
    expect(refused.status).toBe(400)
    expect((refused.body as { issues: { name: string }[] }).issues.map((one) => one.name)).toContain(name)
  })

  test('is its owner’s: others do not see it, and who may not subscribe has none', async () => {
    const ann = await keyOf({ user: 'ann', roles: ['operator'] })
    const bob = await keyOf({ user: 'bob', roles: ['operator'] })
    const reader = await keyOf({ roles: ['reader'] })
    const boss = await keyOf({ user: 'eve', roles: ['superadmin'] })
    const { id } = await create({}, ann.secret)
    expect((await as(ann.secret, 'GET', `/subscriptions/${id}`)).body).toMatchObject({ owner: 'ann' })
    expect((await as(bob.secret, 'GET', `/subscriptions/${id}`)).status).toBe(404)
    expect((await as(bob.secret, 'GET', `/subscriptions/${id}/runs`)).status).toBe(404)
    expect((await as(bob.secret, 'DELETE', `/subscriptions/${id}`)).status).toBe(404)
    expect((await as(bob.secret, 'GET', '/subscriptions')).body).toEqual({ subscriptions: [], next: null })
    expect((await as(boss.secret, 'GET', `/subscriptions/${id}`)).status).toBe(200)
    expect((await as(reader.secret, 'GET', '/subscriptions')).status).toBe(403)
    const other = await world.realm()
    const stranger = await keyOf({ realm: other })
    expect((await as(stranger.secret, 'GET', `/subscriptions/${id}`)).status).toBe(403)
    await as(ann.secret, 'DELETE', `/subscriptions/${id}`)
  })
})

describe('a run', () => {
  test('goes out by mail with its file, and to a webhook that can verify it', async () => {
    const yesterday = now() - 86_400_000
    await as(adminKey, 'POST', '/events', [
      { event_name: 'login.attempt', user_id: 'ann', application: 'wiki', timestamp: yesterday },
      { event_name: 'login.attempt', user_id: 'bob', application: '<b>mail</b>', timestamp: yesterday },
      { event_name: 'login.attempt', user_id: 'zoe-today', application: 'wiki', timestamp: now() },
    ])
    answers.push(503)
    const made = await create({
      formats: ['html', 'csv', 'pdf'],
      recipients: [{ email: 'ann@example.com' }, { url: hook }],
    })
    const run = await runNow(made.id)
    expect(run).toMatchObject({ state: 'delivered', reason: null, rows: 2 })
    const letter = mail.mails[0]?.mail
    expect(letter?.messageId).toBe(`<${run.deliveries[0]?.messageId}>`)
    expect(letter?.messageId).toMatch(/@rollcall\.example>$/)
    expect(letter?.subject).toBe(`Application usage, ${run.period} (Globex <Ü> · default)`)
    expect(letter?.text).toContain('Rows: 2\n')
    expect(letter?.html).toContain('Globex &lt;Ü&gt;')
    expect(letter?.attachments.map((one) => [one.contentType, one.filename])).toEqual([
      ['text/html', `application-usage-${run.period}.html`],
      ['text/csv', `application-usage-${run.period}.csv`],
      ['application/pdf', `application-usage-${run.period}.pdf`],
    ])
    const linked = await Promise.all(run.files.map(async ({ url }) => (await fetch(url)).arrayBuffer()))
    expect(linked.map((one) => Buffer.from(one))).toEqual(letter?.attachments.map((one) => one.content))
    const lines = letter?.attachments[1]?.content
      .toString()
      .replaceAll(/[\ufeff"]/g, '')
      .split('\r\n')
    expect(lines?.map((line) => line.split(',').slice(0, 2))).toEqual([
      ['application', 'user_id'],
      ['<b>mail</b>', 'bob'],
      ['wiki', 'ann'],
      [''],
    ])
    expect((await fetch(`${run.files[0]?.url.slice(0, -1)}x`)).status).toBe(404)
    const page = letter?.attachments[0]?.content.toString() ?? ''
    expect(page).toContain('&lt;b&gt;mail&lt;/b&gt;')
    expect(page).not.toContain('zoe-today')

    expect(hooks).toHaveLength(2)
    const [first, second] = hooks as [Hook, Hook]
    expect(first.headers['webhook-id']).toBe(run.deliveries[1]?.messageId)
    expect(second.headers['webhook-id']).toBe(first.headers['webhook-id'])
    const verified = new Webhook(made.secret ?? '').verify(second.body, second.headers as Record<string, string>)
    expect(verified).toMatchObject({
      type: 'report.made',
      data: {
        ...ids,
        subscriptionId: made.id,
        runId: run.id,
        title: 'Application usage',
        rows: 2,
        period: { name: run.period, timezone: 'Europe/Zurich' },
      },
    })
    expect(() =>
      new Webhook(made.secret ?? '').verify(`${second.body} `, second.headers as Record<string, string>),
    ).toThrow()
  })

  test('that a webhook refuses or moves has failed, says why, and goes out again by hand', async () => {
    const made = await create({ recipients: [{ url: hook }] })
    answers.push(302)
    const run = await runNow(made.id)
    expect(run).toMatchObject({
      state: 'failed',
      reason: '1 of 1 messages did not arrive for sure; each delivery says why',
    })
    expect(run.deliveries).toMatchObject([
      { state: 'failed', error: expect.stringContaining('redirects are not followed') },
    ])
    const again = await as(adminKey, 'POST', `/subscriptions/${made.id}/runs/${run.id}/resend`, {
      delivery: run.deliveries[0]?.id,
    })
    expect(again.status).toBe(202)
    const after = await ended(made.id, run.id)
    expect(after).toMatchObject({ state: 'delivered', deliveries: [{ id: run.deliveries[0]?.id, state: 'sent' }] })
    expect((await as(adminKey, 'POST', `/subscriptions/${made.id}/runs/${run.id}/resend`)).status).toBe(202)
    const thrice = await found(async () => {
      const [one] = await runsOf(made.id)
      return one?.state === 'delivered' && one.deliveries.length === 2 ? one : undefined
    })
    expect(new Set(thrice.deliveries.map((one) => one.messageId)).size).toBe(2)
    expect((await as(adminKey, 'POST', `/subscriptions/${made.id}/runs/none/resend`)).status).toBe(404)
    expect(
      (await as(adminKey, 'POST', `/subscriptions/${made.id}/runs/${run.id}/resend`, { delivery: 'none' })).status,
    ).toBe(404)
  })

  test('that the mail server refuses for one recipient says so of that one', async () => {
    mail.answer('gone@example.com', 550)
    const made = await create({ recipients: [{ email: 'gone@example.com' }, { email: 'bob@example.com' }] })
    const run = await runNow(made.id)
    expect(run).toMatchObject({
      state: 'failed',
      reason: '1 of 2 messages did not arrive for sure; each delivery says why',
    })
    expect(run.deliveries.map((one) => one.state)).toEqual(['failed', 'sent'])
    expect(run.deliveries[0]?.error).toContain('550')
  })

  test('is made with the rights that its owner has then: another key of the user will do, none will not', async () => {
    const first = await keyOf({ user: 'kim', roles: ['operator'] })
    const second = await keyOf({ user: 'kim', roles: ['operator'] })
    const { id } = await create({}, first.secret)
    await world.call('DELETE', `/v1/keys/${first.id}`)
    expect(await runNow(id)).toMatchObject({ state: 'delivered' })
    await world.call('DELETE', `/v1/keys/${second.id}`)
    const failed = await runNow(id)
    expect(failed).toMatchObject({
      state: 'failed',
      files: [],
      deliveries: [],
      reason:
        'The key of kim was removed, and there is no other one of this user in the realm; make the subscription again with a key that is good',
    })
    const noted = await found(async () => {
      const answer = await world.call(
        'GET',
        `${path}/events?filter=${encodeURIComponent('{"event_name":"subscription.failed"}')}`,
      )
      const { events } = answer.body as { events: readonly { object_id: string; reason: string }[] }
      return events.length > 0 ? events : undefined
    })
    expect(noted).toMatchObject([{ object_id: id, reason: failed.reason }])
    await keyOf({ user: 'kim', roles: ['operator'] })
    expect((await as(adminKey, 'POST', `/subscriptions/${id}/runs/${failed.id}/resend`)).status).toBe(202)
    expect(await ended(id, failed.id)).toMatchObject({ state: 'delivered' })
  })

  test('of a definition of the Fudo surface stands among its generated reports', async () => {
    const ann = await keyOf({ user: 'nora', roles: ['operator'] })
    const fudo = async (method: string, route: string, body?: unknown) => {
      const response = await fetch(`${world.url}/api/v2${route}`, {
        method,
        headers: { authorization: ann.secret, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      return (await response.json()) as Record<string, unknown>
    }
    const made = await fudo('POST', '/report/subscription', { period: 'month', defined_report_id: '11' })
    const { id } = made.defined_report_subscription as { id: string }
    expect(await runNow(id)).toMatchObject({ state: 'delivered', deliveries: [] })
    const { report } = await fudo('GET', '/report')
    expect(report).toMatchObject([{ title: 'Session summary', defined_report_id: '11', created_by: 'nora' }])
    const twice = await fudo('POST', '/report/subscription', { period: 'month', defined_report_id: '11' })
    expect(twice.result).toBe('failure')
  })

  test('is made when its period is over, once, and what was missed is made up for', async () => {
    const others = (await as(adminKey, 'GET', '/subscriptions')).body as { subscriptions: { id: string }[] }
    for (const other of others.subscriptions) await as(adminKey, 'DELETE', `/subscriptions/${other.id}`)
    const { id, next } = await create()
    expect(await runsOf(id)).toEqual([])
    clock.ahead = Date.parse(next?.due ?? '') - Date.now() + 2 * 86_400_000 + 60_000
    const runs = await found(async () => {
      const all = await runsOf(id)
      return all.length === 3 && all.every((one) => one.state === 'delivered') ? all : undefined
    })
    expect(new Set(runs.map((one) => one.period)).size).toBe(3)
    expect(runs.at(-1)?.period).toBe(next?.period)
    const metrics = await (await fetch(`${world.url}/metrics`)).text()
    expect(metrics).toMatch(/rollcall_subscription_runs_total\{state="made"\} [1-9]/)
    expect(metrics).toMatch(/rollcall_subscription_runs_total\{state="failed"\} 1\n/)
  })
})
