import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { openDataFolder } from '../../compose/data-folder.ts'
import type { Settings } from '../../config/settings.ts'
import { startEngine } from '../../storage/clickhouse/embedded/engine.ts'
import { type Check, type Finding, note, reasonOf, well, wrong } from './check.ts'

const PATIENCE_MS = 5_000
const CLOCK_SLACK_MS = 5_000

/** Starts an engine of its own beside the real one's folder, so that a running server is not disturbed. */
const tryEmbedded = async (settings: Settings): Promise<readonly Finding[]> => {
  const parent = await openDataFolder(settings.data).catch(() => undefined)
  if (parent === undefined)
    return [note('The embedded engine was not tried: it needs the data folder.', 'See what is said of that folder.')]
  const folder = join(parent, `doctor-${randomBytes(4).toString('hex')}`)
  const warnings: string[] = []
  const started = performance.now()
  try {
    const log = (level: string, message: string): void => {
      if (level !== 'info') warnings.push(message)
    }
    const engine = await startEngine({ folder, readableTables: [], memoryBytes: settings.engineMemory, log })
    const seconds = ((performance.now() - started) / 1_000).toFixed(1)
    await engine[Symbol.asyncDispose]()
    return [
      well(`The embedded engine starts (${seconds} s).`),
      ...warnings.map((warning) =>
        note(warning, 'Keep the data folder where every account may pass through, in /var/lib for instance.'),
      ),
    ]
  } catch (error) {
    return [
      wrong(
        `The embedded engine does not start: ${reasonOf(error)}`,
        'Install again with "npm ci" (without --omit=optional), or set ROLLCALL_EVENTS_URL to a ClickHouse server.',
      ),
    ]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const tryUrl = async (url: string, user: string): Promise<readonly Finding[]> => {
  const { origin, host } = new URL(url.replace(/^clickhouse\+/, ''))
  try {
    const answer = await fetch(`${origin}/ping`, { signal: AbortSignal.timeout(PATIENCE_MS) })
    await answer.body?.cancel()
    if (!answer.ok)
      return [wrong(`ClickHouse at ${host} answered ${answer.status} to /ping.`, 'Check the address and its port.')]
    const off = Math.abs(Date.parse(answer.headers.get('date') ?? '') - Date.now())
    return [
      well(`ClickHouse answers at ${host} (for the ${user} user).`),
      ...(off > CLOCK_SLACK_MS
        ? [wrong(`Its clock and this machine's differ by ${Math.round(off / 1_000)} s.`, 'Set both by a time server.')]
        : []),
    ]
  } catch (error) {
    return [
      wrong(
        `ClickHouse does not answer at ${host} (${reasonOf(error)}).`,
        'Check the address, the port, and whether a firewall stands between.',
      ),
    ]
  }
}

const check = async (settings: Settings): Promise<readonly Finding[]> =>
  settings.eventsUrl === undefined || settings.eventsReportUrl === undefined
    ? await tryEmbedded(settings)
    : [...(await tryUrl(settings.eventsUrl, 'writing')), ...(await tryUrl(settings.eventsReportUrl, 'reading'))]

/** Whether the event engine starts, or answers where the settings say. */
export const engine: Check = { name: 'Event engine', run: check }
