import { Fault } from '../../core/fault.ts'
import { demand } from '../../core/principal.ts'
import type { Inbox } from '../../ports/inbox.ts'
import type { App } from '../app.ts'
import type { FindRealm } from '../realms/enter.ts'

const unknown = (id: string): Fault =>
  new Fault(
    'not-found',
    { what: 'set-aside event', id },
    'No event of this id is set aside; list them to see which are',
  )

/** Events that the store would not take: the operator lists, releases or discards them. */
export const createSetAside = (inbox: Inbox, findRealm: FindRealm): App['setAside'] => ({
  async list(principal, options) {
    demand(principal, 'set-aside.manage')
    const { realm: named, ...rest } = options
    const realm = named && (await findRealm(named.tenantId, named.communityId))?.realm
    if (named && !realm)
      throw new Fault('unknown-realm', named, 'There is no such realm; list them to see which there are')
    return await inbox.listSetAside({ ...rest, ...(realm ? { realm } : {}) })
  },
  async release(principal, id) {
    demand(principal, 'set-aside.manage')
    const released = await inbox.releaseSetAside(id)
    if (!released) throw unknown(id)
    return released
  },
  async discard(principal, id) {
    demand(principal, 'set-aside.manage')
    if (!(await inbox.discardSetAside(id))) throw unknown(id)
  },
})
