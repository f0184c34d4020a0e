import type { RollcallClient } from '@rollcall/client'
import { answered } from './connection.ts'
import { CliProblem } from './print.ts'

export interface RealmPath {
  readonly tenantId: string
  readonly communityId: string
}

/** Reads `<tenantId>/<communityId>`. */
export const readRealm = (text: string): RealmPath => {
  const [tenantId, communityId, more] = text.split('/')
  if (!tenantId || !communityId || more !== undefined)
    throw new CliProblem(
      `A realm is named <tenantId>/<communityId>; ${JSON.stringify(text)} is not. "rollcall realm list" shows them.`,
    )
  return { tenantId, communityId }
}

/** The realm that was named, else the only one there is. */
export const chooseRealm = async (client: RollcallClient, named: string | undefined): Promise<RealmPath> => {
  if (named !== undefined) return readRealm(named)
  const { realms } = answered(await client.GET('/v1/realms', { params: { query: { limit: 2 } } }))
  const [only] = realms
  if (!only) throw new CliProblem('There is no realm yet. Create one: rollcall realm create --tenant Acme')
  if (realms.length > 1)
    throw new CliProblem('There are several realms: name one with --realm. "rollcall realm list" shows them.')
  return { tenantId: only.tenant.id, communityId: only.community.id }
}
