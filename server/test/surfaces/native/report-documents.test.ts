import { execFileSync } from 'node:child_process'
import ExcelJS from 'exceljs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { formats } from '../../../src/core/format.ts'
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

const post = (address: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  fetch(`${world.url}${base}/reports/${address}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
const ask = (report: string, format: string, body: unknown = {}) => post(`${report}?format=${format}`, body)

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

it('answers all rows as Parquet, and refuses before it begins as every other form does', async () => {
  const answer = await ask('application-usage', 'parquet')
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('application/vnd.apache.parquet')
  expect(answer.headers.get('content-disposition')).toBe('attachment; filename="application-usage-2026-11-27.parquet"')
  const bytes = Buffer.from(await answer.arrayBuffer())
  expect([bytes.subarray(0, 4).toString(), bytes.subarray(-4).toString()]).toEqual(['PAR1', 'PAR1'])
  for (const name of ['person_id_count', 'latest_login', 'Ольга Иванова']) expect(bytes.includes(name)).toBe(true)
  expect((await ask('application-usage', 'parquet', { order: ['nothing'] })).status).toBe(400)
})

it.each([
  ['', 'application/json; charset=utf-8'],
  ['*/*', 'application/json; charset=utf-8'],
  ['application/json', 'application/json; charset=utf-8'],
  ['text/csv', 'text/csv; charset=utf-8'],
  ['TEXT/HTML;charset=utf-8', 'text/html; charset=utf-8'],
  ['application/x-ndjson', 'application/x-ndjson'],
  ['application/pdf', 'application/pdf'],
  ['application/vnd.apache.parquet', 'application/vnd.apache.parquet'],
  ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', formats.xlsx.mediaType],
  ['text/plain, text/csv;q=0.5, text/html;q=0.8, */*;q=0.1', 'text/html; charset=utf-8'],
  ['application/json;q=0.2, text/*', 'text/csv; charset=utf-8'],
  ['text/csv;q=0, image/png, */*;q=0.3', 'application/json; charset=utf-8'],
])('answers in the form that Accept %j takes', async (accept, type) => {
  const answer = await post('application-usage', {}, accept === '' ? {} : { accept })
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, type])
  expect(answer.headers.get('vary')).toMatch(/^Accept\b/)
  expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(100)
})

it('refuses an Accept that takes none of its forms, names them, and heeds format above it', async () => {
  const refused = await post('application-usage', {}, { accept: 'image/png, application/json;q=0' })
  expect([refused.status, refused.headers.get('content-type')]).toEqual([406, 'application/problem+json'])
  expect(await refused.json()).toMatchObject({
    detail:
      'A report is answered as application/json, text/csv, application/x-ndjson, ' +
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet, application/vnd.apache.parquet, ' +
      'application/pdf, text/html, none of which Accept takes; ask for one of them, or with ' +
      'format=csv|ndjson|xlsx|parquet|pdf|html',
    issues: [{ where: 'header', name: 'accept' }],
  })
  const chosen = await post('application-usage?format=csv', {}, { accept: 'image/png' })
  expect([chosen.status, chosen.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8'])
})

it('says what is wrong before a file is begun', async () => {
  const unknown = await ask('application-usage', 'docx')
  expect(unknown.status).toBe(400)
  expect(await unknown.json()).toMatchObject({ issues: [{ where: 'query', name: 'format' }] })
  const order = await ask('application-usage', 'html', { order: ['nothing'] })
  expect(order.status).toBe(400)
})
