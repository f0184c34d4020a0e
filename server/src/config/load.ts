import type { Setting } from './setting.ts'
import { type Settings, settings } from './settings.ts'

/** Settings that cannot be used; each line names a setting, what is wrong with it and what it is for. */
export class SettingsRefused extends Error {
  override readonly name = 'SettingsRefused'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(`The settings cannot be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`)
    this.problems = problems
  }
}

const byName = new Map<string, readonly [keyof Settings, Setting<unknown>]>(
  (Object.keys(settings) as (keyof Settings)[]).map((key) => [
    settings[key].name,
    [key, settings[key] as Setting<unknown>],
  ]),
)

const together = (loaded: Settings): readonly string[] => {
  const problems: string[] = []
  if ((loaded.tlsCert === undefined) !== (loaded.tlsKey === undefined))
    problems.push('ROLLCALL_TLS_CERT and ROLLCALL_TLS_KEY go together: set both or none.')
  if ((loaded.eventsUrl === undefined) !== (loaded.eventsReportUrl === undefined))
    problems.push('ROLLCALL_EVENTS_URL and ROLLCALL_EVENTS_REPORT_URL go together: set both or none.')
  if (loaded.controlUrl !== undefined && loaded.masterKey === undefined)
    problems.push(
      'ROLLCALL_MASTER_KEY is required with PostgreSQL, since every process must open the same service keys.',
    )
  if (loaded.controlUrl !== undefined && loaded.adminKey === undefined)
    problems.push('ROLLCALL_ADMIN_KEY is required with PostgreSQL, since every process must know the same operator.')
  if (loaded.controlUrl === undefined && loaded.role !== 'all')
    problems.push(
      'ROLLCALL_ROLE must be all with SQLite, since one process does everything; set ROLLCALL_CONTROL_URL to share the work.',
    )
  if (Object.keys(loaded.onekosmosSources).length > 0 && loaded.onekosmosSourceLicence === undefined)
    problems.push(
      'ROLLCALL_ONEKOSMOS_SOURCE_LICENCE is required with ROLLCALL_ONEKOSMOS_SOURCES, since those services ask for a licence.',
    )
  return problems
}

/**
 * Reads the settings from an environment, by default this process's.
 * @throws SettingsRefused with every problem at once
 */
export const loadSettings = (environment: Readonly<Record<string, string | undefined>> = process.env): Settings => {
  const problems: string[] = []
  const loaded: Record<string, unknown> = {}
  for (const [key, setting] of byName.values()) loaded[key] = setting.standard
  for (const [name, text] of Object.entries(environment)) {
    if (!name.startsWith('ROLLCALL_') || text === undefined || text === '') continue
    const entry = byName.get(name)
    if (!entry) {
      problems.push(`${name} is not a setting of this version; see docs/settings.md for those that are.`)
      continue
    }
    const [key, setting] = entry
    try {
      loaded[key] = setting.read(text)
    } catch (error) {
      problems.push(`${name} ${error instanceof Error ? error.message : 'cannot be read'}. ${setting.about}`)
    }
  }
  const result = loaded as unknown as Settings
  problems.push(...together(result))
  if (problems.length > 0) throw new SettingsRefused(problems)
  return result
}
