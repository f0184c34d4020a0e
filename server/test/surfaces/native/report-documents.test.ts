import { execFileSync } from 'node:child_process'
import ExcelJS from 'exceljs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { adminKey, startWorld, type World } from '../../world.ts'

let world: World
let base: string

/** 2026-11-20T09:30:00Z and a minute more for each event; the clock of the server stands on the 27th. */
const began = Date.UTC(2026, 10, 20, 9, 30)
const now = Date.UTC(2026, 10, 27, 5, 0)

const people = [
  'ann',
  'Ольга Иванова',
  'Ελένη Παπαδοπούλου',
  '王小明',
  '山田たろう',
  '김민준',
  'محمد عبد الله',
  '<b>eve</b>&"\'',
  '=1+1',
]

beforeAll(async () => {
  world = await startWorld({}, { now: () => now })
  await world.call('POST', '/v1/realms', {
    tenant: { id: 'globex', name: 'Globex <AG>' },
    community: { id: 'main', name: 'default' },
    timezone: 'Europe/Berlin',
  })
  base = '/v1/realms/globex/main'
  const events = people.map((user, at) => ({
    event_name: 'login.attempt',
    event_id: `e${at}`,
    user_id: user,
    person_id: user,
    application: at % 2 ? 'wiki' : 'mail',
    timestamp: began + at * 60_000,
  }))
  expect((await world.call('POST', `${base}/events`, events)).body).toMatchObject({ accepted: people.length })
})
afterAll(() => world?.[Symbol.asyncDispose]())

const ask = (report: string, format: string, body: unknown = {}) =>
  fetch(`${world.url}${base}/reports/${report}?format=${format}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

it('answers a report as a page of its own', async () => {
  const answer = await ask('application-usage', 'html', { filter: { application: ['mail', 'wiki'] } })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(answer.headers.get('content-disposition')).toBe('attachment; filename="application-usage-2026-11-27.html"')
  const page = await answer.text()
  expect(page).toContain('<h1 dir="auto">Application usage</h1>')
  expect(page).toContain('<dd dir="auto">Globex &lt;AG&gt; · default</dd>')
  expect(page).toContain('<dd dir="auto">2026-10-28 06:00:00 to 2026-11-27 06:00:00</dd>')
  expect(page).toContain('<dd dir="auto">Europe/Berlin (UTC+01:00 when generated)</dd>')
  expect(page).toContain('<dd dir="auto">Application is &quot;mail&quot; or &quot;wiki&quot;</dd>')
  expect(page).toContain('<dt>Rows</dt><dd dir="auto">9</dd>')
  expect(page).toContain('<td dir="auto">محمد عبد الله</td><td class="t">2026-11-20 10:36:00</td>')
  expect(page).toContain('<td dir="auto">&lt;b&gt;eve&lt;/b&gt;&amp;&quot;&#39;</td>')
  expect(page).toContain('<svg')
  expect(page).not.toMatch(/<b>|<script|src=|url\(|@import|<link/)
})

it('answers a report as PDF', async () => {
  const answer = await ask('application-usage', 'pdf')
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('application/pdf')
  const said = execFileSync('pdftotext', ['-layout', '-', '-'], { input: Buffer.from(await answer.arrayBuffer()) })
    .toString()
    .replace(/[\u202a-\u202e]/g, '')
  for (const name of people) expect(said).toContain(name)
  expect(said).toContain('2026-11-20 10:36:00')
})

it('answers a report as a workbook with typed cells', async () => {
  const answer = await ask('application-usage', 'xlsx', { filter: { user_id: ['ann', '=1+1'] } })
  expect(answer.status).toBe(200)
  const book = new ExcelJS.Workbook()
  await book.xlsx.load(await answer.arrayBuffer())
  const sheet = book.getWorksheet('Report')
  expect(sheet?.views[0]).toMatchObject({ state: 'frozen', ySplit: 1 })
  expect(sheet?.getRow(1).values).toEqual([undefined, 'Application', 'User', 'Latest login', 'Login before', 'Persons'])
  expect(sheet?.getRow(2).values).toEqual([
    undefined,
    'mail',
    '=1+1',
    new Date(Date.UTC(2026, 10, 20, 10, 38)),
    undefined,
    1,
  ])
  expect(sheet?.getCell('B2').type).toBe(ExcelJS.ValueType.String)
  expect(sheet?.getCell('C2').numFmt).toBe('yyyy-mm-dd hh:mm:ss')
  expect(book.getWorksheet('About')?.getCell('B2').value).toBe('Globex <AG> · default')
})

it('answers all rows as CSV and NDJSON', async () => {
  const csv = await (await ask('application-usage', 'csv', { filter: { user_id: '=1+1' } })).text()
  expect(csv).toBe(
    "application,user_id,latest_login,last_login,person_id_count\r\nmail,'=1+1,2026-11-20T09:38:00.000Z,,1\r\n",
  )
  const lines = await (await ask('application-usage', 'ndjson')).text()
  expect(lines.trimEnd().split('\n')).toHaveLength(9)
  expect(JSON.parse(lines.split('\n')[0] ?? '')).toEqual({
    application: 'mail',
    user_id: '=1+1',
    latest_login: began + 8 * 60_000,
    last_login: null,
    person_id_count: 1,
  })
})

it('says what is wrong before a file is begun', async () => {
  const unknown = await ask('application-usage', 'docx')
  expect(unknown.status).toBe(400)
  expect(await unknown.json()).toMatchObject({ issues: [{ where: 'query', name: 'format' }] })
  const order = await ask('application-usage', 'html', { order: ['nothing'] })
  expect(order.status).toBe(400)
})
