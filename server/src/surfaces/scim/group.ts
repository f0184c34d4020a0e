import { type SaidChange, type SaidObject, saidOf } from '../../app/directory/directory.ts'
import type { DirectoryObject } from '../../core/directory.ts'
import { refused } from './errors.ts'
import { isObject, type Resource } from './normalise.ts'
import { groupSchema } from './schema/group.ts'
import { metaOf, objectsById, relationsOf, type Seen } from './seen.ts'

/** A group as the directory keeps it; its members are relations. */
export const saidGroup = (resource: Resource, before?: DirectoryObject): SaidObject => ({
  ...(before ? saidOf(before) : {}),
  externalId: typeof resource.externalId === 'string' ? resource.externalId : null,
  name: String(resource.displayName ?? ''),
  display: String(resource.displayName ?? ''),
})

export const memberIds = (resource: Resource): readonly string[] => [
  ...new Set(
    (Array.isArray(resource.members) ? resource.members : [])
      .filter(isObject)
      .flatMap(({ value }) => (typeof value === 'string' ? [value] : [])),
  ),
]

/**
 * What turns the memberships that a group has into those that its resource says.
 * @throws Fault `invalid` for a member that is no user and no group of the realm
 */
export const memberChanges = async (
  seen: Seen,
  groupId: string,
  resource: Resource,
  memberships: readonly DirectoryObject[],
): Promise<readonly SaidChange[]> => {
  const wanted = new Set(memberIds(resource))
  const there = new Set(memberships.map(({ subject }) => subject?.id ?? ''))
  const added = [...wanted].filter((id) => !there.has(id))
  const users = await objectsById(seen, 'user', added)
  const groups = await objectsById(
    seen,
    'group',
    added.filter((id) => !users.has(id)),
  )
  const unknown = added.find((id) => (!users.has(id) && !groups.has(id)) || id === groupId)
  if (unknown !== undefined)
    throw refused(
      'invalidValue',
      'members',
      `There is no user or group ${JSON.stringify(unknown)} that could be a member`,
    )
  const gone = memberships.filter(({ subject }) => !wanted.has(subject?.id ?? ''))
  return [
    ...gone.map(({ id }): SaidChange => ({ do: 'remove', kind: 'membership', id })),
    ...added.map((id): SaidChange => {
      const subject = { kind: users.has(id) ? 'user' : 'group', id } as const
      return { do: 'put', kind: 'membership', said: { subject, object: { kind: 'group', id: groupId } } }
    }),
  ]
}

const sayGroup = (object: DirectoryObject, members: readonly Resource[], base: string): Resource => ({
  schemas: [groupSchema.id],
  id: object.id,
  ...(object.externalId === null ? {} : { externalId: object.externalId }),
  displayName: object.display === '' ? object.name : object.display,
  ...(members.length > 0 ? { members } : {}),
  meta: metaOf(object, 'Group', base),
})

const sayMember = (membership: DirectoryObject, base: string): Resource => {
  const { kind, id } = membership.subject ?? { kind: 'user', id: '' }
  const type = kind === 'group' ? 'Group' : 'User'
  return { value: id, $ref: `${base}/${type}s/${encodeURIComponent(id)}`, type }
}

/** Groups as resources, with their members where these are wanted. */
export const sayGroups = async (
  seen: Seen,
  objects: readonly DirectoryObject[],
  wants: (name: string) => boolean,
): Promise<readonly Resource[]> => {
  const said: Resource[] = []
  for (const one of objects) {
    const members = wants('members') ? await relationsOf(seen, 'membership', { objectId: one.id }) : []
    said.push(
      sayGroup(
        one,
        members.map((member) => sayMember(member, seen.base)),
        seen.base,
      ),
    )
  }
  return said
}
