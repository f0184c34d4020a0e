import { writeInstant } from '../../core/instant.ts'
import type { Window } from '../../core/window.ts'
import type { Message } from '../../ports/courier.ts'

/** What a message about a file says. */
export interface MessageWords {
  readonly title: string
  /** The realm as people call it. */
  readonly realm: string
  readonly window: Window | undefined
  readonly rows: number
  readonly total: number
  readonly more: boolean
  readonly bytes: number
  readonly link: string
  /** Epoch milliseconds until which the link opens the file. */
  readonly until: number
}

const signs: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const inHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => signs[sign] ?? sign)

const whole = (n: number): string => n.toLocaleString('en-US')

const rowsOf = ({ rows, total, more }: MessageWords): string =>
  more ? `${whole(rows)} of ${whole(total)}; there are more, so ask for the next part` : whole(rows)

const factsOf = (words: MessageWords): readonly (readonly [string, string])[] => [
  ['Report', words.title],
  ['For', words.realm],
  ...(words.window
    ? [['Period', `${writeInstant(words.window.from)} to ${writeInstant(words.window.to)}`] as const]
    : []),
  ['Rows', rowsOf(words)],
  ['Size', `${whole(words.bytes)} bytes`],
  ['Link good until', writeInstant(words.until)],
]

/** The host of a link, for message ids. */
export const addressOf = (link: string): string => new URL(link).hostname

/** The message, as text and as HTML; everything that somebody wrote is escaped in it. */
export const sayMessage = (words: MessageWords): Message => {
  const facts = factsOf(words)
  const opening = `The report “${words.title}” is ready to download.`
  const closing = 'Whoever has this link can open the file: pass it on with care.'
  return {
    subject: `${words.title} is ready to download (${words.realm})`,
    text: [opening, '', ...facts.map(([name, value]) => `${name}: ${value}`), '', words.link, '', closing, ''].join(
      '\n',
    ),
    html: [
      '<!doctype html><html lang="en"><body style="font-family:sans-serif">',
      `<p>${inHtml(opening)}</p><table>`,
      ...facts.map(([name, value]) => `<tr><th align="left">${inHtml(name)}</th><td>${inHtml(value)}</td></tr>`),
      `</table><p><a href="${inHtml(words.link)}">Download the file</a></p><p>${inHtml(closing)}</p>`,
      '</body></html>',
    ].join('\n'),
  }
}
