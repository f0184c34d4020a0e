import type { SaidChange, SaidPut } from '../../app/directory/directory.ts'
import type { DirectoryObject } from '../../core/directory.ts'
import type { Said } from './list.ts'
import type { Resource } from './normalise.ts'
import { again } from './route.ts'
import type { Seen } from './seen.ts'

/** A kind of resource as its routes need it. */
export interface Kept extends Said {
  /** The changes that make a resource so; the first is that of the object itself. */
  readonly changes: (
    seen: Seen,
    id: string,
    resource: Resource,
    before: DirectoryObject | undefined,
  ) => Promise<readonly [SaidPut, ...SaidChange[]]>
}

/** How resources of one kind are made of objects, and objects of resources. */
export const createKeeping = (kept: Kept) => {
  const say = async (seen: Seen, object: DirectoryObject, wants: (name: string) => boolean): Promise<Resource> => {
    const [resource] = await kept.say(seen, [object], wants)
    if (!resource) throw new Error('An object had no resource')
    return resource
  }

  /** Makes an object, and what belongs to it, as a resource says; answers the object. */
  const keep = async (
    seen: Seen,
    id: string,
    resource: Resource,
    before: DirectoryObject | undefined,
    match?: number,
  ): Promise<DirectoryObject> => {
    const [own, ...others] = await kept.changes(seen, id, resource, before)
    const ifVersion = match ?? before?.version ?? 0
    const first = { ...own, ifVersion, ...(others.length > 0 ? { touch: true as const } : {}) }
    const [changed] = await seen.app.directory.change(seen.caller, seen.realm, [first, ...others], { tells: 'scim' })
    if (!changed?.after) throw new Error('An object was not there after it was put')
    return changed.after
  }

  /** Changes an object that is there to what it should be next, again when another change came between. */
  const change = (
    seen: Seen,
    id: string,
    match: number | undefined,
    next: (before: DirectoryObject) => Resource | Promise<Resource>,
  ): Promise<DirectoryObject> =>
    again(match, async () => {
      const before = await seen.app.directory.get(seen.caller, seen.realm, kept.kind, id)
      return await keep(seen, id, await next(before), before, match)
    })

  return { say, keep, change }
}
