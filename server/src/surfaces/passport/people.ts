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

/** An id of a path, in small letters. @throws Fault `invalid` */
export const uuidIn = (params: unknown, name: string): string => {
  const value = (params as Record<string, string>)[name] ?? ''
  if (!isUuid(value)) throw invalid([wrongUuid('path', name, value)])
  return value.toLowerCase()
}

/** Tells the stream what was done; durable when it resolves. @throws Fault `invalid` when it is no event */
export const tellEvent = async (
  app: App,
  { principal, realm }: Caller,
  name: string,
  found: EventDraft['found'],
  body: Readonly<Record<string, unknown>>,
): Promise<void> => {
  const [receipt] = await app.ingest(principal, realm, [
    { dialect: 'passport', event_name: name, found, raw: JSON.stringify({ type: name, ...body }) },
  ])
  if (receipt?.outcome === 'refused') throw invalid(receipt.issues.map((issue) => ({ ...issue, where: 'body' })))
}

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
