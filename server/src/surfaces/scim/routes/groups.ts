import { memberChanges, saidGroup, sayGroups } from '../group.ts'
import type { RouteParts } from '../route.ts'
import { groupType } from '../schema/resource-type.ts'
import { relationsOf } from '../seen.ts'
import { resourceRoutes } from './resources.ts'

/** Groups; the members of a group are memberships. */
export const groupRoutes = (parts: RouteParts): void =>
  resourceRoutes(parts, {
    type: groupType,
    kind: 'group',
    say: sayGroups,
    changes: async (seen, id, resource, before) => {
      const memberships = before ? await relationsOf(seen, 'membership', { objectId: id }) : []
      return [
        { do: 'put', kind: 'group', id, said: saidGroup(resource, before) },
        ...(await memberChanges(seen, id, resource, memberships)),
      ]
    },
  })
