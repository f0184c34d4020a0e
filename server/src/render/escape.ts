const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/**
 * Text as it may stand in HTML, between tags or inside a quoted attribute. Characters that no document may hold
 * (controls, halves of a pair) become the sign for what cannot be shown.
 */
export const escapeHtml = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\p{Cc}--[\t\n]]/gv, '\ufffd')
    .replace(/[&<>"']/g, (sign) => entities[sign] ?? sign)

/** Text as it may stand in a quoted string of CSS. */
export const escapeCss = (text: string): string =>
  text.toWellFormed().replace(/[^ A-Za-z0-9]/gu, (sign) => `\\${(sign.codePointAt(0) ?? 0).toString(16)} `)
