import type { App } from '../../app/app.ts'
import type { DirectoryKind, DirectoryObject } from '../../core/directory.ts'
import type { EventDraft } from '../../core/event.ts'
import { Fault, invalid, isFault } from '../../core/fault.ts'
import { isUuid, uuidOf } from '../../core/uuid.ts'
import type { Caller } from './auth.ts'
import { wrongUuid } from './parameters.ts'

const PAGE = 500

export const unknown = (what: string, id: string): Fault =>
  new Fault('not-found', { what, id }, `There is no ${what} ${id}`)

/** Every object of a kind, page by page. */
export async function* everyObject(app: App, caller: Caller, kind: DirectoryKind): AsyncGenerator<DirectoryObject> {
  for (let after: string | undefined; ; ) {
    const page = await app.directory.list(caller.principal, caller.realm, kind, {
      limit: PAGE,
      ...(after === undefined ? {} : { after }),
    })
    yield* page
    after = page.at(-1)?.id
    if (page.length < PAGE || after === undefined) return
  }
}

/** The object that a UUID stands for: of that id, or of one that is no UUID and appears under this one. */
export const findObject = async (
  app: App,
  caller: Caller,
  kind: 'application' | 'user',
  uuid: string,
): Promise<DirectoryObject | undefined> => {
  const exact = await app.directory.list(caller.principal, caller.realm, kind, { where: { ids: [uuid] }, limit: 1 })
  if (exact[0]) return exact[0]
  // Only a UUID of version 5 can stand for another id.
  if (uuid[14] !== '5') return undefined
  for await (const object of everyObject(app, caller, kind)) if (uuidOf(caller.realm, object.id) === uuid) return object
  return undefined
}

/** What reads the directory for who may look there; nobody else knows anything of it. */
const seen = async <T>(look: () => Promise<readonly T[]>): Promise<readonly T[]> => {
  try {
    return await look()
  } catch (error) {
    if (isFault(error, 'forbidden')) return []
    throw error
  }
}

const inPages = async <T>(ids: readonly string[], look: (page: string[]) => Promise<readonly T[]>): Promise<T[]> => {
  const found: T[] = []
  for (let from = 0; from < ids.length; from += PAGE) found.push(...(await look(ids.slice(from, from + PAGE))))
  return found
}

/** Ids without those of objects that were removed: events still name them. */
export const withoutRemoved = async (
  app: App,
  { principal, realm }: Caller,
  kind: 'application' | 'user',
  ids: readonly string[],
): Promise<readonly string[]> => {
  const removed = await seen(() =>
    inPages(ids, (page) =>
      app.directory.list(principal, realm, kind, { where: { ids: page, removed: true }, limit: PAGE }),
    ),
  )
  const gone = new Set(removed.map(({ id }) => id))
  return ids.filter((id) => !gone.has(id))
}

/** What applications are called, by their ids. */
export const applicationNames = async (
  app: App,
  { principal, realm }: Caller,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const found = await seen(() =>
    inPages(ids, (page) => app.directory.list(principal, realm, 'application', { where: { ids: page }, limit: PAGE })),
  )
  return new Map(found.map(({ id, name, display }) => [id, name || display || id]))
}

/** An id of a path, in small letters. @throws Fault `invalid` */
export const uuidIn = (params: unknown, name: string): string => {
  const value = (params as Record<string, string>)[name] ?? ''
  if (!isUuid(value)) throw invalid([wrongUuid('path', name, value)])
  return value.toLowerCase()
}

/** What was done, for the stream: its name, what the server found in it, and what is kept of it. */
export type Told = readonly [name: string, found: EventDraft['found'], body: Readonly<Record<string, unknown>>]

/** Tells the stream what was done; durable when it resolves. @throws Fault `invalid` when one is no event */
export const tellEvents = async (app: App, { principal, realm }: Caller, told: readonly Told[]): Promise<void> => {
  const receipts = await app.ingest(
    principal,
    realm,
    told.map(([name, found, body]) => ({
      dialect: 'passport',
      event_name: name,
      found,
      raw: JSON.stringify({ type: name, ...body }),
    })),
  )
  for (const receipt of receipts)
    if (receipt.outcome === 'refused') throw invalid(receipt.issues.map((issue) => ({ ...issue, where: 'body' })))
}

export const tellEvent = (app: App, caller: Caller, ...told: Told): Promise<void> => tellEvents(app, caller, [told])

/**
 * Makes an object and tells the stream of it; should that fail, the object goes again, so that nothing is half there.
 * @throws Fault `invalid` under this name when there is one already
 */
export const makeObject = async (
  app: App,
  caller: Caller,
  put: Parameters<App['directory']['put']>[2] & { readonly id: string },
  field: string,
  tell: () => Promise<void>,
): Promise<DirectoryObject> => {
  const { principal, realm } = caller
  const { object } = await app.directory.put(principal, realm, { ...put, ifVersion: 0 }).catch((error: unknown) => {
    if (isFault(error, 'conflict'))
      throw invalid([
        { where: 'body', name: field, rule: 'duplicate', message: `There is one with this [${field}] already` },
      ])
    if (isFault(error, 'invalid'))
      throw invalid(
        error.details.issues.map((issue) => ({
          ...issue,
          name: issue.name === 'name' ? field : `${field.split('.')[0]}.${issue.name}`,
        })),
      )
    throw error
  })
  try {
    await tell()
  } catch (error) {
    await app.directory.remove(principal, realm, put.kind, put.id)
    throw error
  }
  return object
}
