/** A nested element: text, or elements by name; a list repeats its element, and true is an empty one. */
export type Xml = string | number | true | { readonly [name: string]: Xml | readonly Xml[] }

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** Writes a configuration file as ClickHouse reads it. Names are ours and taken as they are, text is escaped. */
export function xml(root: Xml): string {
  return `${element('clickhouse', root, '')}\n`
}

function element(name: string, value: Xml | readonly Xml[], indent: string): string {
  if (isList(value)) return value.map((item) => element(name, item, indent)).join('\n')
  if (value === true) return `${indent}<${name}/>`
  if (typeof value !== 'object') {
    return `${indent}<${name}>${String(value).replace(/[&<>]/g, (sign) => entities[sign] ?? sign)}</${name}>`
  }
  const inner = Object.entries(value).map(([child, content]) => element(child, content, `${indent}  `))
  return [`${indent}<${name}>`, ...inner, `${indent}</${name}>`].join('\n')
}

function isList(value: Xml | readonly Xml[]): value is readonly Xml[] {
  return Array.isArray(value)
}
