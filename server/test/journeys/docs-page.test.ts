import { expect, it } from 'vitest'
import { openPage, startBrowser } from '../browser.ts'
import { startWorld } from '../world.ts'

it('the page of the documents shows operations under its policy, and asks no other host for anything', async () => {
  await using world = await startWorld()
  const browser = await startBrowser()
  try {
    const { page, requests, complaints } = await openPage(browser, `${world.url}/docs`, { width: 1280, height: 800 })
    await page.locator('.opblock-summary-path').first().waitFor()
    expect(await page.locator('.opblock-summary').count()).toBeGreaterThan(1)
    const documents = await page.locator('#select option').allTextContents()
    expect(documents.length).toBeGreaterThan(5)
    // Each document is shown when it is chosen.
    for (const title of documents) {
      await page.locator('#select').selectOption({ label: title })
      await page.locator('.info .title', { hasText: title }).waitFor()
      await page.locator('.opblock-summary').first().waitFor()
    }
    expect(new Set(requests.filter((one) => !one.startsWith('data:')).map((one) => new URL(one).origin))).toEqual(
      new Set([world.url]),
    )
    expect(complaints).toEqual([])
  } finally {
    await browser.close()
  }
})
