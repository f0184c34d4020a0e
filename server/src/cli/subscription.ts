import { type Command, Option } from 'commander'
import { answered, type ConnectOptions, connect, pagesOf, withConnection } from './connection.ts'
import { CliProblem, say, table, tell } from './print.ts'
import { chooseRealm } from './realm-name.ts'

interface InRealm extends ConnectOptions {
  readonly realm?: string
}

type Period = 'day' | 'week' | 'month' | 'quarter' | 'year'
type Format = 'csv' | 'ndjson' | 'xlsx' | 'parquet' | 'pdf' | 'html'

interface CreateWords extends InRealm {
  readonly period: Period
  readonly time?: string
  readonly to: readonly string[]
  readonly format: readonly Format[]
  readonly filter?: string
  readonly param?: readonly string[]
}

const collect = (text: string, before: readonly string[] = []): readonly string[] => [...before, text]

/** An e-mail address, or the address of a webhook. */
const recipientOf = (text: string): { email: string } | { url: string } =>
  /^https?:/i.test(text) ? { url: text } : { email: text }

const objectOf = (option: string, text: string): Record<string, unknown> => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = undefined
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new CliProblem(`${option} takes a JSON object, such as '{"user_id":"ann"}'`)
  return value as Record<string, unknown>
}

const paramsOf = (params: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(
    params.map((text) => {
      const at = text.indexOf('=')
      if (at < 1) throw new CliProblem(`--param looks like name=value; ${JSON.stringify(text)} does not`)
      const value = text.slice(at + 1)
      try {
        return [text.slice(0, at), JSON.parse(value) as unknown]
      } catch {
        return [text.slice(0, at), value]
      }
    }),
  )

const create = async (report: string, words: CreateWords): Promise<void> => {
  const filter = words.filter === undefined ? {} : { filter: objectOf('--filter', words.filter) }
  const client = await connect(words)
  const path = await chooseRealm(client, words.realm)
  const made = answered(
    await client.POST('/v1/realms/{tenantId}/{communityId}/subscriptions', {
      params: { path },
      body: {
        report,
        period: words.period,
        recipients: words.to.map(recipientOf),
        formats: [...words.format],
        ...(words.time === undefined ? {} : { time: words.time }),
        ...filter,
        ...(words.param === undefined ? {} : { params: paramsOf(words.param) }),
      },
    }),
  )
  say(made.id)
  if (made.next) tell(`The report of ${made.next.period} goes out at ${made.next.due} (${made.timezone}).`)
  if (made.secret !== null) {
    tell('Its webhooks are signed by this secret, which is shown this once; keep it now:')
    say(made.secret)
  }
}

const list = async (words: InRealm): Promise<void> => {
  const client = await connect(words)
  const path = await chooseRealm(client, words.realm)
  const rows: unknown[][] = []
  const pages = pagesOf((page) =>
    client.GET('/v1/realms/{tenantId}/{communityId}/subscriptions', { params: { path, query: page } }),
  )
  for await (const page of pages) {
    for (const one of page.subscriptions)
      rows.push([
        one.id,
        one.report ?? one.definition,
        one.period,
        one.formats.join(' '),
        one.recipients.map((to) => ('email' in to ? to.email : to.url)).join(' '),
        one.owner,
        one.next?.due ?? 'paused',
      ])
  }
  if (rows.length === 0) say('There is no subscription. Make one: rollcall subscription create --help')
  else say(table(['Id', 'Report', 'Every', 'Formats', 'To', 'Owner', 'Next'], rows))
}

const runs = async (id: string, words: InRealm & { readonly limit: string }): Promise<void> => {
  const client = await connect(words)
  const path = { ...(await chooseRealm(client, words.realm)), id }
  const query = { limit: Number(words.limit) }
  const page = answered(
    await client.GET('/v1/realms/{tenantId}/{communityId}/subscriptions/{id}/runs', { params: { path, query } }),
  )
  if (page.runs.length === 0) return say('Nothing was due yet.')
  say(
    table(
      ['Run', 'Period', 'State', 'Rows', 'Messages', 'Why'],
      page.runs.map((run) => [
        run.id,
        run.period,
        run.state,
        run.rows ?? '',
        run.deliveries
          .map((one) => `${'email' in one.recipient ? one.recipient.email : one.recipient.url}: ${one.state}`)
          .join(', '),
        run.reason ?? '',
      ]),
    ),
  )
}

/** `rollcall subscription`: create, list, runs, run, resend, pause, resume, remove. */
export const subscriptionCommand = (subscription: Command): void => {
  const command = (usage: string) =>
    withConnection(subscription.command(usage)).option(
      '--realm <realm>',
      'which realm, <tenantId>/<communityId> (default: the only one)',
    )
  command('create <report>')
    .description('have a report sent every day, week, month, quarter or year')
    .addOption(
      new Option('--period <period>', 'how often')
        .choices(['day', 'week', 'month', 'quarter', 'year'])
        .makeOptionMandatory(),
    )
    .requiredOption('--to <recipient>', 'an e-mail address or a webhook; may be given several times', collect)
    .addOption(
      new Option('--format <format...>', 'the files to make')
        .choices(['pdf', 'html', 'csv', 'xlsx', 'ndjson', 'parquet'])
        .default(['pdf'], 'pdf'),
    )
    .option('--time <time>', "when on the day after, on the realm's clock (default: 06:00)")
    .option('--filter <json>', `only these events, such as '{"user_id":["ann","bob"]}'`)
    .option('--param <name=value>', 'a parameter of the report; may be given several times', collect)
    .addHelpText(
      'after',
      '\nExamples:\n  rollcall subscription create application-usage --period week --to ann@example.com\n  rollcall subscription create audit-log --period day --format csv --to https://hooks.example.com/rollcall',
    )
    .action(create)
  command('list').description('list the subscriptions').action(list)
  command('runs <id>')
    .description('what became of each period, the newest first')
    .option('--limit <runs>', 'most runs', '30')
    .action(runs)
  command('run <id>')
    .description('make and send the report of the last period now')
    .action(async (id: string, words: InRealm) => {
      const client = await connect(words)
      const path = { ...(await chooseRealm(client, words.realm)), id }
      const run = answered(
        await client.POST('/v1/realms/{tenantId}/{communityId}/subscriptions/{id}/run', { params: { path } }),
      )
      say(`Run ${run.id} makes the report of ${run.period}. Follow it: rollcall subscription runs ${id}`)
    })
  command('resend <id> <run>')
    .description('send a run again; one that failed is made again')
    .option('--delivery <delivery>', 'only this message of it')
    .action(async (id: string, runId: string, words: InRealm & { delivery?: string }) => {
      const client = await connect(words)
      const path = { ...(await chooseRealm(client, words.realm)), id, runId }
      const body = words.delivery === undefined ? {} : { delivery: words.delivery }
      answered(
        await client.POST('/v1/realms/{tenantId}/{communityId}/subscriptions/{id}/runs/{runId}/resend', {
          params: { path },
          body,
        }),
      )
      say(`Run ${runId} goes out again.`)
    })
  for (const [name, paused] of [
    ['pause', true],
    ['resume', false],
  ] as const)
    command(`${name} <id>`)
      .description(paused ? 'send nothing for now' : 'send again, from the period under way on')
      .action(async (id: string, words: InRealm) => {
        const client = await connect(words)
        const path = { ...(await chooseRealm(client, words.realm)), id }
        const one = answered(
          await client.PATCH('/v1/realms/{tenantId}/{communityId}/subscriptions/{id}', {
            params: { path },
            body: { paused },
          }),
        )
        say(one.next ? `${id} goes out next at ${one.next.due}.` : `${id} is paused.`)
      })
  command('remove <id>')
    .description('remove a subscription; nothing more is sent')
    .action(async (id: string, words: InRealm) => {
      const client = await connect(words)
      const path = { ...(await chooseRealm(client, words.realm)), id }
      answered(await client.DELETE('/v1/realms/{tenantId}/{communityId}/subscriptions/{id}', { params: { path } }))
      say(`Removed ${id}.`)
    })
}
