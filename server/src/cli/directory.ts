import { type Command, Option } from 'commander'
import { type DirectoryKind, directoryKinds, isDirectoryKind } from '../core/directory.ts'
import { answered, type ConnectOptions, connect, pagesOf, withConnection } from './connection.ts'
import { CliProblem, say, table } from './print.ts'
import { chooseRealm } from './realm-name.ts'

interface Words extends ConnectOptions {
  readonly realm?: string
}

const kindOf = (text: string): DirectoryKind => {
  if (isDirectoryKind(text)) return text
  throw new CliProblem(`There is no kind ${JSON.stringify(text)}; there are ${directoryKinds.join(', ')}.`)
}

const list = async (
  kind: string,
  words: Words & { name?: string; subject?: string; object?: string },
): Promise<void> => {
  const client = await connect(words)
  const realm = await chooseRealm(client, words.realm)
  const path = { ...realm, kind: kindOf(kind) }
  const where = {
    ...(words.name === undefined ? {} : { name: words.name }),
    ...(words.subject === undefined ? {} : { subjectId: words.subject }),
    ...(words.object === undefined ? {} : { objectId: words.object }),
  }
  const rows: unknown[][] = []
  const pages = pagesOf((page) =>
    client.GET('/v1/realms/{tenantId}/{communityId}/directory/{kind}', {
      params: { path, query: { ...page, ...where } },
    }),
  )
  for await (const page of pages) {
    for (const { id, name, display, status, subject, relation, object } of page.objects)
      rows.push([id, name, display, status, subject?.id ?? '', relation, object ? `${object.kind} ${object.id}` : ''])
  }
  if (rows.length === 0) say(`The directory has no ${kind} like that.`)
  else say(table(['Id', 'Name', 'Shown as', 'Status', 'Who', 'Relation', 'What'], rows))
}

const readBody = (text: string): object => {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch {
    // The sentence below says what is wanted.
  }
  throw new CliProblem('What is put is an object of JSON, such as \'{"name":"ann","display":"Ann Lee"}\'.')
}

/** `rollcall directory`: list, show, put, remove. */
export const directoryCommand = (directory: Command): void => {
  const realm = () => new Option('--realm <realm>', 'which realm, <tenantId>/<communityId> (default: the only one)')
  const path = '/v1/realms/{tenantId}/{communityId}/directory/{kind}/{id}'
  const at = async (kind: string, id: string, words: Words) => {
    const client = await connect(words)
    return { client, path: { ...(await chooseRealm(client, words.realm)), kind: kindOf(kind), id } }
  }
  withConnection(directory.command('list <kind>'))
    .description(`list the objects of a kind: ${directoryKinds.join(', ')}`)
    .addOption(realm())
    .option('--name <name>', 'only this name, in capitals or not')
    .option('--subject <id>', 'only what belongs to, or is given to, this one')
    .option('--object <id>', 'only relations to this one')
    .action(list)
  withConnection(directory.command('show <kind> <id>'))
    .description('show an object, as JSON')
    .addOption(realm())
    .action(async (kind: string, id: string, words: Words) => {
      const { client, path: place } = await at(kind, id, words)
      say(JSON.stringify(answered(await client.GET(path, { params: { path: place } })), null, 2))
    })
  withConnection(directory.command('put <kind> <id> <json>'))
    .description('make an object, or replace it')
    .addOption(realm())
    .action(async (kind: string, id: string, json: string, words: Words) => {
      const body = readBody(json)
      const { client, path: place } = await at(kind, id, words)
      answered(await client.PUT(path, { params: { path: place }, body }))
      say(`Put ${kind} ${id}.`)
    })
  withConnection(directory.command('remove <kind> <id>'))
    .description('remove an object and the relations that it is part of')
    .addOption(realm())
    .action(async (kind: string, id: string, words: Words) => {
      const { client, path: place } = await at(kind, id, words)
      answered(await client.DELETE(path, { params: { path: place } }))
      say(`Removed ${kind} ${id}.`)
    })
}
