import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { ZipFile } from 'yazl'
import { csvLine } from '../../core/csv.ts'
import type { Cursor } from '../../core/page.ts'
import type { Row } from '../../core/table.ts'
import { isZone } from '../../core/zone.ts'
import type { Caller } from './auth.ts'
import { bodyOf, partOf } from './body.ts'
import { readParameters, type Sent } from './parameters.ts'
import type { RouteParts } from './route.ts'
import { type Search, search } from './search.ts'
import { readTimeFormat, standardFormat } from './time-format.ts'

/** Rows that are in memory at a time. */
const BATCH = 2_000

/** What an export sent: its criteria, and how times are written. A query has all of it side by side. */
export const exportOf = async (
  { context }: RouteParts,
  caller: Caller,
  request: { readonly method: string; readonly query: unknown; readonly body: unknown },
): Promise<{ readonly criteria: Sent; readonly write: (epochMs: number) => string }> => {
  const whole = request.method === 'GET' ? (request.query as Sent) : bodyOf(request.body)
  const criteria = request.method === 'GET' ? whole : partOf(whole, 'criteria')
  const read = readParameters(whole, request.method === 'GET' ? 'query' : 'body')
  const format = readTimeFormat(read.text('dateTimeSecondsFormat') ?? standardFormat)
  if (!format)
    read.refuse(
      'dateTimeSecondsFormat',
      'range',
      'The [dateTimeSecondsFormat] parameter is not a pattern of letters that are known',
    )
  const zone = read.text('zoneId') ?? (await context.app.realms.zoneOf(caller.realm))
  if (!isZone(zone))
    read.refuse('zoneId', 'range', 'The [zoneId] parameter must be an IANA time zone such as America/Denver')
  read.done()
  return { criteria, write: (epochMs) => format?.(epochMs, zone) ?? '' }
}

/** Answers a zip of one CSV: a head, and every row that is found, read batch by batch by key as it is sent. */
export const sendExport = async (
  parts: RouteParts,
  caller: Caller,
  reply: FastifyReply,
  asked: Omit<Search, 'page' | 'total'>,
  file: { readonly name: string; readonly head: readonly string[]; readonly line: (row: Row) => readonly string[] },
): Promise<FastifyReply> => {
  const gone = new AbortController()
  const batch = async (after: Cursor | undefined) =>
    (
      await search(parts, caller, {
        ...asked,
        page: { skip: 0, size: BATCH },
        ...(after ? { after } : {}),
        total: false,
        signal: gone.signal,
      })
    ).rows
  // Asked before anything is answered, so that what cannot be asked is still refused.
  let rows = await batch(undefined)
  async function* lines() {
    yield csvLine(file.head)
    for (;;) {
      yield rows.map((row) => csvLine(file.line(row))).join('')
      const last = rows.length < BATCH ? undefined : rows.at(-1)
      if (!last) return
      rows = await batch({ ts: Number(last.event_ts), id: String(last.event_id) })
    }
  }
  const zip = new ZipFile()
  const body = Readable.from(zip.outputStream, { objectMode: false })
  const csv = Readable.from(lines(), { objectMode: false })
  // A zip that breaks off must not end as if it were whole.
  csv.on('error', (error) => body.destroy(error))
  body.on('close', () => {
    gone.abort()
    csv.destroy()
  })
  zip.addReadStream(csv, `${file.name}.csv`)
  zip.end()
  return reply
    .header('content-type', 'application/zip')
    .header('content-disposition', `attachment; filename=${file.name}.zip`)
    .send(body)
}
