import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPage, startBrowser } from '../../browser.ts'
import { wordsOf } from '../../pictures.ts'
import { until } from '../../until.ts'
import { adminKey, startWorld, type World } from '../../world.ts'

const phone = { width: 390, height: 844 }
const desk = { width: 1280, height: 800 }

/** What somebody could put into a name so that a careless page runs it, loads it, or falls apart. */
const hostile = [
  '<script>document.title="taken"</script>',
  '"><img src=x onerror=alert(1)>',
  "'><svg onload=alert(2)>",
  '</td></table></style><h1>taken</h1>',
  '<a href="javascript:alert(3)">x</a>',
  '<iframe src="https://evil.example/"></iframe>',
  'url(https://evil.example/x.png)',
  '\u202egnp.exe',
  `long-${'x'.repeat(300)}`,
]

let world: World
let browser: Browser
let folder: string
let file: string
let link: string

beforeAll(async () => {
  browser = await startBrowser()
  world = await startWorld()
  folder = await mkdtemp(join(tmpdir(), 'rollcall-pages-'))
  const realm = await world.realm('Globex <script>alert(4)</script>')
  const path = `/v1/realms/${realm.tenantId}/${realm.communityId}`
  const events = Array.from({ length: 140 }, (_, at) => ({
    event_name: 'session.started',
    session_id: `session-${at}`,
    user_id: hostile[at % hostile.length],
    protocol: 'ssh',
    server_id: `server-${at % 5}`,
    account_id: hostile[(at + 1) % hostile.length],
    safe_id: 'linux',
    listener_id: 'bastion',
    reason: hostile[(at + 2) % hostile.length],
  }))
  expect((await world.call('POST', `${path}/events`, events)).body).toMatchObject({ accepted: events.length })
  const answer = await fetch(`${world.url}${path}/reports/system-sessions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminKey}`, accept: 'text/html' },
  })
  file = join(folder, 'report.html')
  await writeFile(file, Buffer.from(await answer.arrayBuffer()))
  const asked = await world.call('POST', `${path}/exports`, { report: 'account-access', format: 'html' })
  const { id } = asked.body as { id: string }
  await until(async () => {
    const { body } = await world.call('GET', `${path}/jobs/${id}`)
    link = (body as { downloadLink: string | null }).downloadLink ?? ''
    return link !== ''
  })
})
afterAll(async () => {
  await browser?.close()
  await world?.[Symbol.asyncDispose]()
  if (folder) await rm(folder, { recursive: true, force: true })
})

const open = (size: typeof desk) => openPage(browser, pathToFileURL(file).href, size)

describe('a report as a page, opened from its file', () => {
  it('asks for nothing, runs nothing, and shows hostile names as what they are', async () => {
    const { page, requests, complaints } = await open(desk)
    expect(requests).toEqual([pathToFileURL(file).href])
    expect(complaints).toEqual([])
    expect(await page.title()).toBe('System report · Globex <script>alert(4)</script> · default')
    const shown = await page.locator('tbody tr td:nth-child(5)').allTextContents()
    expect(new Set(shown)).toEqual(new Set(hostile))
    expect(await page.locator('script, img, iframe, object, embed, link, form, a, svg [onload]').count()).toBe(0)
    expect(await page.locator('h1').count()).toBe(1)
    await page.close()
  })

  it('can be read on a phone: it does not scroll sideways, and every cell has its label', async () => {
    const { page } = await open(phone)
    const label = "getComputedStyle(document.querySelector('td:nth-child(5)'), '::before').content"
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(phone.width)
    expect(await page.evaluate<number>('innerWidth')).toBe(phone.width)
    expect(await page.evaluate<string>(label)).toBe('"User"')
    const cells = await page.locator('td, dd, h1').all()
    for (const cell of cells.slice(0, 120)) {
      const box = await cell.boundingBox()
      if (box) expect(box.x + box.width).toBeLessThanOrEqual(phone.width)
    }
    const letters = await page.evaluate<string>("getComputedStyle(document.querySelector('td')).fontSize")
    expect(Number.parseFloat(letters)).toBeGreaterThanOrEqual(12)
    await page.close()
  })

  it('keeps a wide table in a box of its own on a desk, and its heads in sight', async () => {
    const { page } = await open(desk)
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(desk.width)
    const table = page.locator('.table')
    await table.scrollIntoViewIfNeeded()
    await table.hover()
    await page.mouse.wheel(0, 2_000)
    await page.mouse.wheel(0, 500)
    const [box, head] = [await table.boundingBox(), await page.locator('th').first().boundingBox()]
    expect(await page.locator('tbody tr').first().boundingBox()).toSatisfy(
      (row: { y: number } | null) => row !== null && row.y < (head?.y ?? 0),
    )
    expect(Math.abs((box?.y ?? 0) - (head?.y ?? 0))).toBeLessThan(1)
    await page.close()
  })

  it('goes on paper with its heads on every sheet, all of its rows, and nothing cut off', async () => {
    const { page } = await open(desk)
    await page.emulateMedia({ media: 'print' })
    const pdf = await page.pdf({ preferCSSPageSize: true })
    const sheets = wordsOf(pdf)
    expect(sheets.length).toBeGreaterThan(2)
    for (const [at, words] of sheets.entries()) {
      const said = words.map(({ text }) => text)
      for (const head of ['Session', 'Started', 'User', 'Subprotocol', 'Reason', 'lock']) expect(said).toContain(head)
      expect(said.slice(-3)).toEqual([String(at + 1), 'of', String(sheets.length)])
      // A sheet is A4 on its side, with a margin of 14 mm.
      for (const { left, right } of words) expect([left > 38, right < 804]).toEqual([true, true])
    }
    const sessions = sheets.flat().filter(({ text }) => /^session-/.test(text))
    expect(sessions).toHaveLength(140)
    await page.close()
  })
})

it('a report behind its link is a file to keep, which no browser opens on the server’s own address', async () => {
  const answer = await fetch(link)
  expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="[\w.-]+\.html"$/)
  expect(answer.headers.get('content-security-policy')).toBe("default-src 'none'; style-src 'unsafe-inline'; sandbox")
  const page = await browser.newPage({ acceptDownloads: true })
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.goto(link).catch((error: Error) => expect(error.message).toContain('Download is starting')),
  ])
  const kept = join(folder, 'kept.html')
  await download.saveAs(kept)
  const { page: shown, requests, complaints } = await openPage(browser, pathToFileURL(kept).href, desk)
  expect(requests).toHaveLength(1)
  expect(complaints).toEqual([])
  expect(await shown.locator('figure svg path').count()).toBeGreaterThan(3)
  expect(await shown.locator('h1').textContent()).toBe('Account access report')
  await shown.close()
  await page.close()
})
