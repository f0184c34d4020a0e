import { execFileSync } from 'node:child_process'
import { getuid } from 'node:process'
import { type Browser, chromium, type Page } from 'playwright-core'

/** What a page did while it was open. */
export interface Watched {
  readonly page: Page
  /** Addresses that it asked for, its own first. */
  readonly requests: readonly string[]
  /** What it complained about: errors of scripts, of the console, and of its own policy. */
  readonly complaints: readonly string[]
}

/** The system's own Chromium, without a window. The sandbox cannot be had by root. */
export const startBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: execFileSync('sh', ['-c', 'command -v chromium']).toString().trim(),
    chromiumSandbox: getuid?.() !== 0,
  })

/** Opens a page of a size and watches what it does. */
export const openPage = async (
  browser: Browser,
  address: string,
  size: { readonly width: number; readonly height: number },
): Promise<Watched> => {
  const page = await browser.newPage({ viewport: size })
  const requests: string[] = []
  const complaints: string[] = []
  page.on('request', (request) => requests.push(request.url()))
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('dialog', async (dialog) => {
    complaints.push(`A dialog: ${dialog.message()}`)
    await dialog.dismiss()
  })
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  await page.goto(address, { waitUntil: 'networkidle' })
  return { page, requests, complaints }
}
