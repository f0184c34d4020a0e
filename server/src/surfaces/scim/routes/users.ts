import type { RouteParts } from '../route.ts'
import { userType } from '../schema/resource-type.ts'
import { relationsOf } from '../seen.ts'
import { roleChanges, saidUser, sayUsers } from '../user.ts'
import { resourceRoutes } from './resources.ts'

/** Users; the roles of a user are role assignments. */
export const userRoutes = (parts: RouteParts): void =>
  resourceRoutes(parts, {
    type: userType,
    kind: 'user',
    say: sayUsers,
    changes: async (seen, id, resource, before) => {
      const assigned = before ? await relationsOf(seen, 'role_assignment', { subjectIds: [id] }) : []
      const own = assigned.filter(({ subject }) => subject?.kind === 'user')
      return [{ do: 'put', kind: 'user', id, said: saidUser(resource, before) }, ...roleChanges(id, resource, own)]
    },
  })
