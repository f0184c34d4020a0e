import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { extname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream as WebStream } from 'node:stream/web'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { stringify } from 'csv-stringify/sync'
import { type Format, formatNames } from '../core/format.ts'
import { answered, type ConnectOptions, connect, withConnection } from './connection.ts'
import { CliProblem, say, table, tell } from './print.ts'
import { chooseRealm } from './realm-name.ts'

/** What is printed here from one page of rows; any other format is a file that the server makes of all rows. */
const printed = ['table', 'csv', 'json'] as const

interface RunWords extends ConnectOptions {
  readonly realm?: string
  readonly from?: string
  readonly to?: string
  readonly filter?: string
  readonly param?: readonly (readonly [string, unknown])[]
  readonly order?: string
  readonly skip?: number
  readonly size: number
  readonly format: (typeof printed)[number] | Format
  readonly output?: string
}

/** A table as the server answers it. */
export interface ReportTable {
  readonly columns: readonly { readonly name: string; readonly label: string; readonly kind: string }[]
  readonly rows: readonly Readonly<Record<string, string | number | boolean | null>>[]
  readonly total: number | null
}

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const filterOf = (text: string): Record<string, unknown> => {
  const value = jsonOf(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new CliProblem(`--filter takes a JSON object, such as '{"user_id":"ann"}'`)
  return value as Record<string, unknown>
}

const paramOf = (text: string, before: readonly (readonly [string, unknown])[] = []) => {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('It looks like name=value.')
  const value = text.slice(at + 1)
  return [...before, [text.slice(0, at), jsonOf(value) ?? value] as const]
}

const wholeOf = (text: string): number => {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('It must be a whole number.')
  return value
}

const cellsOf = ({ columns, rows }: ReportTable): (string | number | boolean | null)[][] =>
  rows.map((row) =>
    columns.map(({ name, kind }) => {
      const cell = row[name] ?? null
      return kind === 'instant' && typeof cell === 'number' ? new Date(cell).toISOString() : cell
    }),
  )

/** A report's answer as a table for the terminal. */
export const drawReport = (answer: ReportTable): string =>
  table(
    answer.columns.map((column) => column.label),
    cellsOf(answer),
  )

const print = (answer: ReportTable, format: (typeof printed)[number]): void => {
  if (format === 'json') say(JSON.stringify(answer, null, 2))
  else if (format === 'csv') {
    const heads = answer.columns.map((column) => column.name)
    process.stdout.write(stringify([heads, ...cellsOf(answer)], { escape_formulas: true, record_delimiter: 'windows' }))
  } else if (answer.rows.length === 0) say('No rows. The window may be too narrow: see --from and --to.')
  else {
    say(drawReport(answer))
    tell(`${answer.rows.length} of ${answer.total ?? 'many'} rows`)
  }
}

/** Writes a file as it comes, to where it is wanted; what a broken transfer left is removed. */
const keep = async (bytes: ReadableStream<Uint8Array>, output: string | undefined): Promise<void> => {
  const source = Readable.fromWeb(bytes as WebStream)
  if (output === undefined) return pipeline(source, process.stdout, { end: false })
  try {
    await pipeline(source, createWriteStream(output, { flags: 'w' }))
  } catch (error) {
    await rm(output, { force: true })
    throw new CliProblem(`${output} could not be written: ${error instanceof Error ? error.message : String(error)}`)
  }
  tell(`Wrote ${output}`)
}

const isPrinted = (words: RunWords): words is RunWords & { format: (typeof printed)[number] } =>
  words.output === undefined && (printed as readonly string[]).includes(words.format)

/** The format of a file: the one that was asked for, else that of the file's ending. */
const fileFormat = ({ format, output = '' }: RunWords): Format => {
  const chosen = format === 'table' ? extname(output).slice(1) : format
  const known = formatNames.find((one) => one === chosen)
  if (!known) throw new CliProblem(`A file is written as ${formatNames.join(', ')}: give one of them with --format`)
  if (output === '' && process.stdout.isTTY)
    throw new CliProblem(`A ${known} is no text for a terminal: name a file with --output`)
  return known
}

const run = async (id: string, words: RunWords): Promise<void> => {
  const filter = words.filter === undefined ? {} : { filter: filterOf(words.filter) }
  const format = isPrinted(words) ? undefined : fileFormat(words)
  const client = await connect(words)
  const realm = await chooseRealm(client, words.realm)
  const asked = {
    params: { path: { ...realm, id }, ...(format ? { query: { format } } : {}) },
    body: {
      ...(words.from === undefined ? {} : { from: words.from }),
      ...(words.to === undefined ? {} : { to: words.to }),
      ...filter,
      ...(words.param === undefined ? {} : { params: Object.fromEntries(words.param) }),
      ...(words.order === undefined ? {} : { order: words.order.split(',') }),
      page: { skip: words.skip ?? 0, size: words.size },
    },
  }
  const result = format
    ? await client.POST('/v1/realms/{tenantId}/{communityId}/reports/{id}', { ...asked, parseAs: 'stream' })
    : await client.POST('/v1/realms/{tenantId}/{communityId}/reports/{id}', asked)
  const answer = answered<unknown>(result)
  if (isPrinted(words)) print(answer as ReportTable, words.format)
  else await keep(answer as ReadableStream<Uint8Array>, words.output)
  if (result.response.headers.get('rollcall-incomplete'))
    tell('The newest events are not in this answer yet; ask again in a moment.')
}

const list = async (words: ConnectOptions): Promise<void> => {
  const client = await connect(words)
  const { reports } = answered(await client.GET('/v1/reports'))
  say(
    table(
      ['Report', 'Answers', 'Columns'],
      reports.map((report) => [report.id, report.about, report.columns.map((column) => column.name).join(' ')]),
    ),
  )
  say('Run one: rollcall report run application-usage')
}

/** `rollcall report`: list and run. */
export const reportCommand = (report: Command): void => {
  withConnection(report.command('list')).description('list the reports').action(list)
  withConnection(report.command('run <report>'))
    .description('run a report and print its rows')
    .option('--realm <realm>', 'which realm, <tenantId>/<communityId> (default: the only one)')
    .option('--from <time>', "start, such as 2026-01-31 or 2026-01-31T09:00:00+01:00 (default: the report's own)")
    .option('--to <time>', 'end, included (default: now)')
    .option('--filter <json>', `only these events, such as '{"user_id":["ann","bob"]}'`)
    .option('--param <name=value>', 'a parameter of the report; may be given several times', paramOf)
    .option('--order <columns>', 'columns separated by commas, - before one that descends')
    .option('--skip <rows>', 'rows to leave out first', wholeOf)
    .option('--size <rows>', 'most rows', wholeOf, 100)
    .addOption(
      new Option('--format <format>', 'table, csv and json print rows; the others are files of all rows')
        .choices([...new Set([...printed, ...formatNames])])
        .default('table'),
    )
    .option('--output <file>', 'write a file of all rows, whose ending says the format')
    .addHelpText(
      'after',
      '\nExamples:\n  rollcall report run application-usage\n  rollcall report run event-search --filter \'{"outcome":"failure"}\' --format csv > failures.csv\n  rollcall report run service-usage --output usage.pdf',
    )
    .action(run)
}
