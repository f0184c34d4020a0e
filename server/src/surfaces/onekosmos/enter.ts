import type { App, Authenticated } from '../../app/app.ts'
import { Fault, isFault } from '../../core/fault.ts'
import type { Realm } from '../../core/realm.ts'

/**
 * Enters the realm of a path. That a realm is not there is told where `told` says so; everybody else hears that it is
 * not theirs, so that nobody can ask which exist.
 */
export const enterRealm = async (
  app: App,
  caller: Authenticated,
  path: { readonly tenantId: string; readonly communityId: string },
  told: (caller: Authenticated) => boolean,
): Promise<Realm> => {
  try {
    return await app.enter(caller.principal, path.tenantId, path.communityId)
  } catch (error) {
    if (!isFault(error, 'unknown-realm') || told(caller)) throw error
    throw new Fault('forbidden', { reason: 'realm', need: 'realm' }, error.message)
  }
}
