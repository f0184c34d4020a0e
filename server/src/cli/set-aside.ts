import type { Command } from 'commander'
import { answered, type ConnectOptions, connect, pagesOf, withConnection } from './connection.ts'
import { CliProblem, say, table } from './print.ts'
import { readRealm } from './realm-name.ts'

const list = async (words: ConnectOptions & { realm?: string }): Promise<void> => {
  const client = await connect(words)
  const realm = words.realm === undefined ? {} : readRealm(words.realm)
  const rows: unknown[][] = []
  const pages = pagesOf((page) => client.GET('/v1/set-aside', { params: { query: { ...page, ...realm } } }))
  for await (const page of pages) {
    for (const event of page.events)
      rows.push([
        event.id,
        `${event.realm.tenantId}/${event.realm.communityId}`,
        event.seq,
        event.eventTs,
        event.setAsideAt,
        event.reason,
      ])
  }
  if (rows.length === 0) say('Nothing is set aside: the store took every event.')
  else say(table(['Id', 'Realm', 'Number', 'Event time', 'Set aside', 'Reason'], rows))
}

/** `rollcall set-aside`: list, release, discard. */
export const setAsideCommand = (setAside: Command): void => {
  withConnection(setAside.command('list'))
    .description('list the events that the store refused')
    .option('--realm <realm>', 'only those of one realm, <tenantId>/<communityId>')
    .action(list)
  withConnection(setAside.command('release <id>'))
    .description('put an event back on its way, under a new number')
    .action(async (id: string, words: ConnectOptions) => {
      const client = await connect(words)
      const { seq } = answered(await client.POST('/v1/set-aside/{id}/release', { params: { path: { id } } }))
      say(`Released ${id} as number ${seq}.`)
    })
  withConnection(setAside.command('discard <id>'))
    .description('throw an event away for good')
    .option('--yes', 'I mean it')
    .action(async (id: string, words: ConnectOptions & { yes?: boolean }) => {
      if (!words.yes) throw new CliProblem(`This throws ${id} away for good. Say --yes if that is what you want.`)
      const client = await connect(words)
      answered(await client.DELETE('/v1/set-aside/{id}', { params: { path: { id } } }))
      say(`Discarded ${id}.`)
    })
}
