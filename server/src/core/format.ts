/** How a table can leave the house: the media type of a file, and the ending of its name. */
export const formats = {
  csv: { mediaType: 'text/csv; charset=utf-8', ending: 'csv' },
  ndjson: { mediaType: 'application/x-ndjson', ending: 'ndjson' },
  xlsx: { mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', ending: 'xlsx' },
  parquet: { mediaType: 'application/vnd.apache.parquet', ending: 'parquet' },
  pdf: { mediaType: 'application/pdf', ending: 'pdf' },
  html: { mediaType: 'text/html; charset=utf-8', ending: 'html' },
} as const satisfies Readonly<Record<string, { readonly mediaType: string; readonly ending: string }>>

/** The closed list of formats. */
export type Format = keyof typeof formats

export const isFormat = (name: string): name is Format => Object.hasOwn(formats, name)
