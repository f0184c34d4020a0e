import { formats } from '../../core/format.ts'
import type { Cadence } from '../../core/schedule.ts'
import type { RunFile } from '../../core/subscription.ts'
import type { SaidFigure } from '../../core/summary.ts'
import { escapeHtml } from '../../render/escape.ts'
import { createWords, sayNumber } from '../../render/words.ts'

/** What a letter tells of a run. */
export interface LetterFacts {
  readonly title: string
  /** The realm's name, as people call it. */
  readonly realm: string
  readonly period: string
  readonly from: number
  /** Not part of it. */
  readonly to: number
  readonly zone: string
  readonly owner: string
  readonly cadence: Cadence
  readonly time: string
  readonly subscription: string
  readonly figures: readonly SaidFigure[]
  /** Sentences that a reader must know. */
  readonly notes: readonly string[]
  readonly files: readonly (RunFile & { readonly link: string })[]
  /** Whether the files go along; then nobody needs their links. */
  readonly attached: boolean
  /** How long a link opens its file, in milliseconds. */
  readonly linkMs: number
}

const cadences: Readonly<Record<Cadence, string>> = {
  day: 'every day',
  week: 'every week',
  month: 'every month',
  quarter: 'every quarter',
  year: 'every year',
}

const MIB = 1_048_576

const sayBytes = (bytes: number): string =>
  bytes < MIB ? `${sayNumber(Math.ceil(bytes / 1_024))} KiB` : `${sayNumber(Math.round((bytes / MIB) * 10) / 10)} MiB`

/** What an e-mail says: the summary, and where the report itself is. */
export const writeLetter = (facts: LetterFacts): { subject: string; text: string; html: string } => {
  const words = createWords(facts.zone)
  const head: readonly (readonly [string, string])[] = [
    ['Realm', facts.realm],
    ['Period', `${facts.period} (${words.instant(facts.from)} up to ${words.instant(facts.to)}, ${facts.zone})`],
    ...facts.figures.map(({ label, kind, value }) => [label, words.cell(kind, value)] as const),
  ]
  const hours = Math.round(facts.linkMs / 3_600_000)
  const lead = facts.attached
    ? 'The report is attached.'
    : `The report is too large to be attached. Each link opens its file for ${hours} hours:`
  const files = facts.files.map((file) => ({ ...file, says: `${file.name} (${sayBytes(file.bytes)})` }))
  const foot = `You get this because ${facts.owner} has it sent ${cadences[facts.cadence]} at ${facts.time} (${facts.zone}). Whoever runs Rollcall there can change or stop it: subscription ${facts.subscription}.`
  const subject = `${facts.title}, ${facts.period} (${facts.realm})`
  const text = [
    facts.title,
    '',
    ...head.map(([name, value]) => `${name}: ${value}`),
    ...(facts.notes.length > 0 ? ['', ...facts.notes] : []),
    '',
    lead,
    ...files.map((file) => (facts.attached ? `- ${file.says}` : `- ${file.says}\n  ${file.link}`)),
    '',
    foot,
    '',
  ].join('\n')
  const row = ([name, value]: readonly [string, string]) =>
    `<tr><th style="text-align:left;padding:2px 16px 2px 0;font-weight:600;vertical-align:top">${escapeHtml(name)}</th><td style="padding:2px 0">${escapeHtml(value)}</td></tr>`
  const item = (file: (typeof files)[number]) =>
    facts.attached
      ? `<li>${escapeHtml(file.says)}</li>`
      : `<li><a href="${escapeHtml(file.link)}">${escapeHtml(file.says)}</a></li>`
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(subject)}</title></head>
<body style="font-family:system-ui,-apple-system,'Segoe UI',sans-serif;line-height:1.45;color:#1b1b1f;max-width:40em">
<h1 style="font-size:1.25em">${escapeHtml(facts.title)}</h1>
<table style="border-collapse:collapse">${head.map(row).join('')}</table>
${facts.notes.map((note) => `<p>${escapeHtml(note)}</p>`).join('\n')}
<p>${escapeHtml(lead)}</p>
<ul>${files.map(item).join('')}</ul>
<p style="color:#5c5c66;font-size:.85em">${escapeHtml(foot)}</p>
</body></html>
`
  return { subject, text, html }
}

/** What a webhook is told, by the Standard Webhooks rules: a type, a time, and what there is to know. */
export const writeEvent = (
  facts: LetterFacts,
  ids: { readonly tenantId: string; readonly communityId: string; readonly run: string; readonly rows: number },
  now: number,
): Readonly<Record<string, unknown>> => ({
  type: 'report.made',
  timestamp: new Date(now).toISOString(),
  data: {
    tenantId: ids.tenantId,
    communityId: ids.communityId,
    subscriptionId: facts.subscription,
    runId: ids.run,
    title: facts.title,
    period: {
      name: facts.period,
      from: new Date(facts.from).toISOString(),
      to: new Date(facts.to).toISOString(),
      timezone: facts.zone,
    },
    rows: ids.rows,
    figures: facts.figures.map(({ label, kind, value }) => ({ label, kind, value })),
    notes: facts.notes,
    files: facts.files.map(({ format, name, bytes, link }) => ({
      format,
      mediaType: formats[format].mediaType,
      name,
      bytes,
      url: link,
    })),
  },
})
