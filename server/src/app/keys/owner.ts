import { Fault } from '../../core/fault.ts'
import type { Principal } from '../../core/principal.ts'
import type { Realm } from '../../core/realm.ts'
import type { Owner } from '../../core/subscription.ts'
import type { Control, KeyRecord } from '../../ports/control.ts'
import { operator, principalOf } from './authenticate.ts'

/** Finds who stands behind something that was asked for earlier, with the rights that they have now. */
export type ActAs = (realm: Realm, owner: Owner) => Promise<Principal>

const gone = (message: string): Fault => new Fault('forbidden', { reason: 'permission', need: 'subscribe' }, message)

const whyNot = (key: KeyRecord | undefined, now: number): string | undefined => {
  if (!key) return 'was removed'
  if (key.disabled) return 'is disabled'
  return key.expiresAt !== null && key.expiresAt <= now ? 'has expired' : undefined
}

/**
 * Acts with the key with which something was made. When that one is gone and its user has another good one in the
 * realm, with that.
 * @throws Fault `forbidden` that says what became of the key
 */
export const createActAs =
  (control: Control, now: () => number): ActAs =>
  async (realm, owner) => {
    if (owner.key === null) {
      if (owner.user === operator.id) return operator
      throw gone(`Nobody is ${owner.user} here any more`)
    }
    const key = await control.keys.byId(owner.key)
    const why = whyNot(key, now())
    if (key && why === undefined) return (await principalOf(control, key, now())).principal
    const named = owner.user !== owner.key
    const others = named ? await control.keys.ofUser(realm, owner.user) : []
    const other = others.findLast((one) => one.kind === 'api' && whyNot(one, now()) === undefined)
    if (other) return (await principalOf(control, other, now())).principal
    throw gone(
      `The key of ${owner.user} ${why}${named ? ', and there is no other one of this user in the realm' : ''}; make the subscription again with a key that is good`,
    )
  }
