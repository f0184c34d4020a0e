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
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\ufffd')
    .replace(/[&<>"']/g, (sign) => entities[sign] ?? sign)

/** Text as it may stand in a quoted string of CSS. */
export const escapeCss = (text: string): string =>
  text.toWellFormed().replace(/[^ A-Za-z0-9]/gu, (sign) => `\\${(sign.codePointAt(0) ?? 0).toString(16)} `)
