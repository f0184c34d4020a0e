import { writeFile } from 'node:fs/promises'
import type { Setting } from '../config/setting.ts'
import { settings } from '../config/settings.ts'
import { say } from './print.ts'

const head = `# Settings

Settings are environment variables. They are read once, at the start; a name that begins with \`ROLLCALL_\` and is not
listed here stops the start, and so does a value that cannot be used, with a sentence that says what is allowed. A
setting with an empty text counts as not set. What is marked *secret* is kept out of refusals and logs.

\`npx rollcall doctor\` reads the same settings and says what is wrong with them. The command line uses
\`ROLLCALL_DATA\`, \`ROLLCALL_PORT\` and \`ROLLCALL_ADMIN_KEY\` to find the server and its key.

This page is written by \`npx rollcall settings-page\` from \`server/src/config/settings.ts\`.

| setting | default | takes | what it does |
|---|---|---|---|
`

const groups = [
  '`ROLLCALL_TLS_CERT` and `ROLLCALL_TLS_KEY`, and `ROLLCALL_EVENTS_URL` and `ROLLCALL_EVENTS_REPORT_URL`, go together.',
  'With `ROLLCALL_CONTROL_URL`, `ROLLCALL_MASTER_KEY` and `ROLLCALL_ADMIN_KEY` are required.',
  'Without it, `ROLLCALL_ROLE` must be `all`.',
]

const cell = (text: string): string => text.replaceAll('|', '\\|')

const line = ({ name, fallback, takes, about, secret }: Setting<unknown>): string =>
  `| \`${name}\` | ${cell(fallback)} | ${cell(takes)} | ${cell(about)}${secret ? ' *Secret.*' : ''} |`

/** The text of `docs/settings.md`, out of the settings themselves. */
export const settingsPage = (): string =>
  `${head}${Object.values(settings)
    .map((setting) => line(setting as Setting<unknown>))
    .join('\n')}\n\n${groups.join(' ')}\n`

/** `rollcall settings-page`: writes the page. */
export const writeSettingsPage = async (
  file = new URL('../../../docs/settings.md', import.meta.url),
): Promise<void> => {
  await writeFile(file, settingsPage())
  say('Wrote docs/settings.md')
}
