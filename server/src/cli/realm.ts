import type { Command } from 'commander'
import { answered, type ConnectOptions, connect, pagesOf, withConnection } from './connection.ts'
import { CliProblem, say, table } from './print.ts'
import { readRealm } from './realm-name.ts'

interface RealmWords {
  readonly tenant?: string
  readonly tenantId?: string
  readonly tag?: string
  readonly dns?: string
  readonly community?: string
  readonly communityId?: string
  readonly timezone?: string
}

interface RealmRow {
  readonly tenant: { readonly id: string; readonly tag: string; readonly name: string; readonly dns: readonly string[] }
  readonly community: { readonly id: string; readonly name: string }
  readonly timezone: string | null
  readonly createdAt: string
}

const path = '/v1/realms/{tenantId}/{communityId}'

const show = (realms: readonly RealmRow[]): void =>
  say(
    table(
      ['Realm', 'Tenant', 'Community', 'Tag', 'DNS', 'Time zone', 'Created'],
      realms.map(({ tenant, community, timezone, createdAt }) => [
        `${tenant.id}/${community.id}`,
        tenant.name,
        community.name,
        tenant.tag,
        tenant.dns.join(', '),
        timezone ?? "(the server's)",
        createdAt,
      ]),
    ),
  )

const dnsOf = (text: string | undefined): { dns?: string[] } =>
  text === undefined
    ? {}
    : {
        dns: text
          .split(',')
          .map((name) => name.trim())
          .filter((name) => name !== ''),
      }

const create = async (words: RealmWords & ConnectOptions): Promise<void> => {
  const client = await connect(words)
  const made = answered(
    await client.POST('/v1/realms', {
      body: {
        tenant: {
          name: words.tenant ?? '',
          ...(words.tenantId === undefined ? {} : { id: words.tenantId }),
          ...(words.tag === undefined ? {} : { tag: words.tag }),
          ...dnsOf(words.dns),
        },
        community: {
          name: words.community ?? 'default',
          ...(words.communityId === undefined ? {} : { id: words.communityId }),
        },
        ...(words.timezone === undefined ? {} : { timezone: words.timezone }),
      },
    }),
  )
  show([made])
  say(`Next: rollcall key create --kind license --realm ${made.tenant.id}/${made.community.id} --level community`)
}

const list = async (words: ConnectOptions): Promise<void> => {
  const client = await connect(words)
  const all: RealmRow[] = []
  const pages = pagesOf((page) => client.GET('/v1/realms', { params: { query: page } }))
  for await (const page of pages) {
    all.push(...page.realms)
  }
  if (all.length === 0) say('There is no realm yet. Create one: rollcall realm create --tenant Acme')
  else show(all)
}

const update = async (name: string, words: RealmWords & ConnectOptions): Promise<void> => {
  const client = await connect(words)
  const tenant = {
    ...(words.tenant === undefined ? {} : { name: words.tenant }),
    ...(words.tag === undefined ? {} : { tag: words.tag }),
    ...dnsOf(words.dns),
  }
  const body = {
    ...(Object.keys(tenant).length > 0 ? { tenant } : {}),
    ...(words.community === undefined ? {} : { community: { name: words.community } }),
    ...(words.timezone === undefined ? {} : { timezone: words.timezone === 'none' ? null : words.timezone }),
  }
  if (Object.keys(body).length === 0) throw new CliProblem('Nothing to change; see "rollcall realm update --help"')
  show([answered(await client.PATCH(path, { params: { path: readRealm(name) }, body }))])
}

/** `rollcall realm`: create, list, show, update, remove. */
export const realmCommand = (realm: Command): void => {
  withConnection(realm.command('create'))
    .description('create a realm: a tenant with one community')
    .requiredOption('--tenant <name>', 'name of the tenant, a company for instance')
    .option('--community <name>', 'name of the community', 'default')
    .option('--tenant-id <id>', 'its id (default: a new one)')
    .option('--community-id <id>', 'its id (default: a new one)')
    .option('--tag <tag>', "the tenant's short name")
    .option('--dns <names>', 'host names under which clients find the tenant, separated by commas')
    .option('--timezone <zone>', "an IANA time zone such as Europe/Zurich (default: the server's)")
    .addHelpText('after', '\nExample:\n  rollcall realm create --tenant Acme --timezone Europe/Zurich')
    .action(create)
  withConnection(realm.command('list')).description('list the realms').action(list)
  withConnection(realm.command('show <realm>'))
    .description('show one realm, named <tenantId>/<communityId>')
    .action(async (name: string, words: ConnectOptions) => {
      const client = await connect(words)
      show([answered(await client.GET(path, { params: { path: readRealm(name) } }))])
    })
  withConnection(realm.command('update <realm>'))
    .description('change names, host names or the time zone; what is left out stays')
    .option('--tenant <name>', 'name of the tenant')
    .option('--community <name>', 'name of the community')
    .option('--tag <tag>', "the tenant's short name")
    .option('--dns <names>', 'all its host names, separated by commas')
    .option('--timezone <zone>', "an IANA time zone, or none for the server's")
    .action(update)
  withConnection(realm.command('remove <realm>'))
    .description('remove a realm and its keys; its events can no longer be read')
    .option('--yes', 'I mean it')
    .action(async (name: string, words: ConnectOptions & { yes?: boolean }) => {
      if (!words.yes)
        throw new CliProblem(`This removes ${name} with its keys for good. Say --yes if that is what you want.`)
      const client = await connect(words)
      answered(await client.DELETE(path, { params: { path: readRealm(name) } }))
      say(`Removed ${name}.`)
    })
}
