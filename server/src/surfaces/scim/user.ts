import { type SaidChange, type SaidObject, saidOf } from '../../app/directory/directory.ts'
import type { DirectoryObject } from '../../core/directory.ts'
import { isObject, type Resource } from './normalise.ts'
import { enterpriseSchema, userSchema } from './schema/user.ts'
import { metaOf, objectsById, relationsOf, type Seen } from './seen.ts'

/** Attributes that stand in columns of their own, or are relations. */
const elsewhere = new Set(['userName', 'displayName', 'active', 'externalId', 'roles', 'groups'])
const kept = [
  ...userSchema.attributes.map(({ name }) => name).filter((name) => !elsewhere.has(name)),
  enterpriseSchema.id,
]

/** A user as the directory keeps it; what the directory knows beside the schema stays. */
export const saidUser = (resource: Resource, before?: DirectoryObject): SaidObject => {
  const old: Record<string, unknown> = before ? saidOf(before).attributes : {}
  const others = Object.entries(old).filter(
    ([name]) => !kept.includes(name) && !(name === 'email' && resource.emails !== undefined),
  )
  const own = kept.flatMap((name) => (resource[name] === undefined ? [] : [[name, resource[name]] as const]))
  const active = resource.active !== false
  const stays = before && (before.status === 'active') === active ? before.status : undefined
  return {
    externalId: typeof resource.externalId === 'string' ? resource.externalId : null,
    name: String(resource.userName ?? ''),
    display: typeof resource.displayName === 'string' ? resource.displayName : '',
    status: stays ?? (active ? 'active' : 'inactive'),
    attributes: Object.fromEntries([...others, ...own]),
  }
}

const rolesOf = (resource: Resource): ReadonlyMap<string, Resource> =>
  new Map(
    (Array.isArray(resource.roles) ? resource.roles : [])
      .filter(isObject)
      .flatMap((role) => (typeof role.value === 'string' && role.value !== '' ? [[role.value, role] as const] : [])),
  )

const roleDetails = ({ type, primary }: Resource): Record<string, unknown> => ({
  ...(typeof type === 'string' ? { type } : {}),
  ...(primary === true ? { primary } : {}),
})

/** What turns the role assignments that a user has into those that its resource says. */
export const roleChanges = (
  userId: string,
  resource: Resource,
  assigned: readonly DirectoryObject[],
): readonly SaidChange[] => {
  const wanted = rolesOf(resource)
  const there = new Map(assigned.map((one) => [one.object?.id ?? '', one]))
  const gone = assigned.filter((one) => !wanted.has(one.object?.id ?? ''))
  const puts = [...wanted].flatMap(([id, role]): readonly SaidChange[] => {
    const before = there.get(id)
    const said = {
      ...(before ? saidOf(before) : {}),
      name: typeof role.display === 'string' ? role.display : '',
      subject: { kind: 'user', id: userId },
      object: { kind: 'role', id },
      attributes: roleDetails(role),
    } as const
    return [{ do: 'put', kind: 'role_assignment', ...(before ? { id: before.id } : {}), said }]
  })
  return [...gone.map(({ id }): SaidChange => ({ do: 'remove', kind: 'role_assignment', id })), ...puts]
}

const sayRole = (assignment: DirectoryObject): Resource => ({
  value: assignment.object?.id ?? '',
  ...(assignment.name === '' ? {} : { display: assignment.name }),
  ...(JSON.parse(assignment.attributes) as Resource),
})

const sayUser = (object: DirectoryObject, roles: readonly Resource[], groups: readonly Resource[], base: string) => {
  const { email, ...attributes } = saidOf(object).attributes
  const own = kept.flatMap((name) => (attributes[name] === undefined ? [] : [[name, attributes[name]] as const]))
  const said = Object.fromEntries(own)
  const extended = said[enterpriseSchema.id] !== undefined
  return {
    schemas: [userSchema.id, ...(extended ? [enterpriseSchema.id] : [])],
    id: object.id,
    ...(object.externalId === null ? {} : { externalId: object.externalId }),
    userName: object.name,
    ...(object.display === '' ? {} : { displayName: object.display }),
    active: object.status === 'active',
    ...(typeof email === 'string' && said.emails === undefined ? { emails: [{ value: email, primary: true }] } : {}),
    ...said,
    ...(roles.length > 0 ? { roles } : {}),
    ...(groups.length > 0 ? { groups } : {}),
    meta: metaOf(object, 'User', base),
  }
}

/** Users as resources, with their roles and groups where these are wanted. */
export const sayUsers = async (
  seen: Seen,
  objects: readonly DirectoryObject[],
  wants: (name: string) => boolean,
): Promise<readonly Resource[]> => {
  const subjectIds = objects.map(({ id }) => id)
  const none: readonly DirectoryObject[] = []
  const assignments = wants('roles') ? await relationsOf(seen, 'role_assignment', { subjectIds }) : none
  const memberships = wants('groups') ? await relationsOf(seen, 'membership', { subjectIds }) : none
  const groups = await objectsById(
    seen,
    'group',
    memberships.map(({ object }) => object?.id ?? ''),
  )
  const ofUser = (relations: readonly DirectoryObject[]) =>
    Map.groupBy(
      relations.filter(({ subject }) => subject?.kind === 'user'),
      ({ subject }) => subject?.id,
    )
  const rolesOfUser = ofUser(assignments)
  const groupsOfUser = ofUser(memberships)
  const sayGroup = ({ object }: DirectoryObject): readonly Resource[] => {
    const group = groups.get(object?.id ?? '')
    if (!group) return []
    const $ref = `${seen.base}/Groups/${encodeURIComponent(group.id)}`
    return [{ value: group.id, $ref, display: group.display, type: 'direct' }]
  }
  return objects.map((one) =>
    sayUser(
      one,
      (rolesOfUser.get(one.id) ?? []).map(sayRole),
      (groupsOfUser.get(one.id) ?? []).flatMap(sayGroup),
      seen.base,
    ),
  )
}
