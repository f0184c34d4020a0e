import type { App } from '../../app/app.ts'
import type { DirectoryKind, DirectoryObject } from '../../core/directory.ts'
import type { Principal } from '../../core/principal.ts'
import type { Realm } from '../../core/realm.ts'

/** Who asks in which realm, and where its resources stand. */
export interface Seen {
  readonly app: App
  readonly caller: Principal
  readonly realm: Realm
  /** The address of the realm's resources, without a slash at its end. */
  readonly base: string
}

const CHUNK = 500
const PAGE = 1_000

/** Objects of a kind by their ids; those that are not there are left out. */
export const objectsById = async (
  { app, caller, realm }: Seen,
  kind: DirectoryKind,
  ids: readonly string[],
): Promise<ReadonlyMap<string, DirectoryObject>> => {
  const found = new Map<string, DirectoryObject>()
  const all = [...new Set(ids)]
  for (let at = 0; at < all.length; at += CHUNK) {
    const where = { ids: all.slice(at, at + CHUNK) }
    for (const one of await app.directory.list(caller, realm, kind, { where, limit: CHUNK })) found.set(one.id, one)
  }
  return found
}

/** Every relation of a kind that subjects, or one object, are part of. */
export const relationsOf = async (
  { app, caller, realm }: Seen,
  kind: 'membership' | 'role_assignment',
  where: { readonly subjectIds: readonly string[] } | { readonly objectId: string },
): Promise<readonly DirectoryObject[]> => {
  const found: DirectoryObject[] = []
  for (let after: string | undefined; ; ) {
    const options = { where, limit: PAGE, ...(after === undefined ? {} : { after }) }
    const page = await app.directory.list(caller, realm, kind, options)
    found.push(...page)
    after = page.at(-1)?.id
    if (page.length < PAGE) return found
  }
}

export const metaOf = (object: DirectoryObject, resourceType: 'User' | 'Group', base: string) => ({
  resourceType,
  created: new Date(object.createdAt).toISOString(),
  lastModified: new Date(object.modifiedAt).toISOString(),
  location: `${base}/${resourceType}s/${encodeURIComponent(object.id)}`,
  version: versionOf(object),
})

export const versionOf = (object: { readonly version: number }): string => `W/"${object.version}"`
