import { type Command, InvalidArgumentError, Option } from 'commander'
import { stringify } from 'csv-stringify/sync'
import { answered, type ConnectOptions, connect, withConnection } from './connection.ts'
import { CliProblem, say, table, tell } from './print.ts'
import { chooseRealm } from './realm-name.ts'

interface RunWords extends ConnectOptions {
  readonly realm?: string
  readonly from?: string
  readonly to?: string
  readonly filter?: string
  readonly param?: readonly (readonly [string, unknown])[]
  readonly order?: string
  readonly skip?: number
  readonly size: number
  readonly format: 'table' | 'csv' | 'json'
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

const print = (answer: ReportTable, format: RunWords['format']): void => {
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

const run = async (id: string, words: RunWords): Promise<void> => {
  const filter = words.filter === undefined ? {} : { filter: filterOf(words.filter) }
  const client = await connect(words)
  const realm = await chooseRealm(client, words.realm)
  const result = await client.POST('/v1/realms/{tenantId}/{communityId}/reports/{id}', {
    params: { path: { ...realm, id } },
    body: {
      ...(words.from === undefined ? {} : { from: words.from }),
      ...(words.to === undefined ? {} : { to: words.to }),
      ...filter,
      ...(words.param === undefined ? {} : { params: Object.fromEntries(words.param) }),
      ...(words.order === undefined ? {} : { order: words.order.split(',') }),
      page: { skip: words.skip ?? 0, size: words.size },
    },
  })
  print(answered(result), words.format)
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
    .addOption(new Option('--format <format>', 'how to print it').choices(['table', 'csv', 'json']).default('table'))
    .addHelpText(
      'after',
      '\nExamples:\n  rollcall report run application-usage\n  rollcall report run event-search --filter \'{"outcome":"failure"}\' --format csv > failures.csv',
    )
    .action(run)
}
