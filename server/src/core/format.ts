/** The closed list of forms in which a report leaves as a file. */
export const formats = {
  csv: { mediaType: 'text/csv; charset=utf-8', ending: 'csv' },
  ndjson: { mediaType: 'application/x-ndjson', ending: 'ndjson' },
  xlsx: { mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', ending: 'xlsx' },
  parquet: { mediaType: 'application/vnd.apache.parquet', ending: 'parquet' },
  pdf: { mediaType: 'application/pdf', ending: 'pdf' },
  html: { mediaType: 'text/html; charset=utf-8', ending: 'html' },
} as const satisfies Readonly<Record<string, { readonly mediaType: string; readonly ending: string }>>

export type Format = keyof typeof formats

export const formatNames = Object.keys(formats) as readonly Format[]

export const isFormat = (name: unknown): name is Format => typeof name === 'string' && Object.hasOwn(formats, name)

/** A file's name as every system takes it: letters, digits, `-` and `_` of a title, and the format's ending. */
export const fileName = (title: string, format: Format): string =>
  `${title.replace(/[^A-Za-z0-9_-]+/g, '_').replace(/^_+|_+$/g, '') || 'report'}.${formats[format].ending}`

/** The formats that are drawn row by row; others are written by the engine. */
export const drawnFormats = ['html', 'pdf', 'xlsx', 'csv', 'ndjson'] as const satisfies readonly Format[]

export type DrawnFormat = (typeof drawnFormats)[number]

export const isDrawn = (format: Format): format is DrawnFormat => (drawnFormats as readonly Format[]).includes(format)
