import { type Command, Option } from 'commander'
import { type RoleName, roleNames } from '../core/principal.ts'
import { answered, type ConnectOptions, connect, pagesOf, withConnection } from './connection.ts'
import { say, table, tell } from './print.ts'
import { readRealm } from './realm-name.ts'

interface KeyWords extends ConnectOptions {
  readonly kind: 'api' | 'license'
  readonly name?: string
  readonly realm?: string
  readonly level?: 'system' | 'service' | 'tenant' | 'community'
  readonly user?: string
  readonly roles?: RoleName[]
  readonly expires?: string
}

const create = async (words: KeyWords): Promise<void> => {
  const client = await connect(words)
  const made = answered(
    await client.POST('/v1/keys', {
      body: {
        kind: words.kind,
        name: words.name ?? words.kind,
        ...(words.realm === undefined ? {} : { realm: readRealm(words.realm) }),
        ...(words.level === undefined ? {} : { authLevel: words.level }),
        ...(words.user === undefined ? {} : { user: words.user }),
        ...(words.roles === undefined ? {} : { roles: words.roles }),
        ...(words.expires === undefined ? {} : { expiresAt: words.expires }),
      },
    }),
  )
  tell(`Made ${made.kind} key ${made.id}. Its secret is shown this once; keep it now:`)
  say(made.secret)
}

const list = async (words: ConnectOptions & { realm?: string }): Promise<void> => {
  const client = await connect(words)
  const realm = words.realm === undefined ? {} : readRealm(words.realm)
  const rows: unknown[][] = []
  const pages = pagesOf((page) => client.GET('/v1/keys', { params: { query: { ...page, ...realm } } }))
  for await (const page of pages) {
    for (const key of page.keys)
      rows.push([
        key.id,
        key.kind,
        key.name,
        key.realm ? `${key.realm.tenantId}/${key.realm.communityId}` : '(all)',
        key.user ?? '',
        key.authLevel ?? key.roles?.join(', ') ?? '',
        key.disabled ? 'disabled' : (key.expiresAt ?? 'never'),
        key.createdAt,
      ])
  }
  if (rows.length === 0) say('There is no key but the admin key. Make one: rollcall key create --help')
  else say(table(['Id', 'Kind', 'Name', 'Realm', 'User', 'Level or roles', 'Expires', 'Created'], rows))
}

/** `rollcall key`: create, list, remove. */
export const keyCommand = (key: Command): void => {
  withConnection(key.command('create'))
    .description('make a key; its secret is printed once')
    .addOption(
      new Option('--kind <kind>', 'api: for the native API; license: for the 1Kosmos surface')
        .choices(['api', 'license'])
        .makeOptionMandatory(),
    )
    .option('--name <name>', 'what people call it')
    .option('--realm <realm>', 'the realm it belongs to, <tenantId>/<communityId>')
    .addOption(
      new Option('--level <level>', 'how far a licence reaches').choices(['system', 'service', 'tenant', 'community']),
    )
    .option('--user <user>', 'who acts with it')
    .addOption(
      new Option('--roles <roles...>', 'what an api key may do in its realm; everything when left out').choices(
        roleNames,
      ),
    )
    .option('--expires <time>', 'when it stops working, such as 2027-01-31T00:00:00Z')
    .addHelpText(
      'after',
      '\nExamples:\n  rollcall key create --kind api --name dashboard --realm 5f3d8d0cd866fa61019cf968/5f3d8d0cd866fa61019cf969\n  rollcall key create --kind license --level system',
    )
    .action(create)
  withConnection(key.command('list'))
    .description('list the keys, without their secrets')
    .option('--realm <realm>', 'only those of one realm, <tenantId>/<communityId>')
    .action(list)
  withConnection(key.command('remove <id>'))
    .description('remove a key; it stops working at once')
    .action(async (id: string, words: ConnectOptions) => {
      const client = await connect(words)
      answered(await client.DELETE('/v1/keys/{id}', { params: { path: { id } } }))
      say(`Removed ${id}.`)
    })
}
