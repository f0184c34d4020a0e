import { HOUR_MS } from '../../core/window.ts'
import { chance, uuidOf } from './chance.ts'
import { administrators, type Person, staff } from './company.ts'

/** A machine that is reached through a safe, and how. */
interface Server {
  readonly id: string
  readonly name: string
  readonly protocol: 'ssh' | 'rdp' | 'mysql'
  readonly safe: string
  readonly account: string
}

const server = (id: string, name: string, protocol: Server['protocol'], safe: string, account: string): Server => ({
  id,
  name,
  protocol,
  safe,
  account,
})

export const servers: readonly [Server, ...Server[]] = [
  server('web-1', 'Shop, first', 'ssh', 'linux', 'deploy'),
  server('web-2', 'Shop, second', 'ssh', 'linux', 'deploy'),
  server('db-1', 'Orders', 'mysql', 'databases', 'orders_admin'),
  server('db-2', 'Customers', 'mysql', 'databases', 'crm_admin'),
  server('dc-1', 'Domain controller', 'rdp', 'windows', 'administrator'),
  server('erp-1', 'Finance', 'rdp', 'windows', 'erp_admin'),
]

export const safes = { linux: 'Linux servers', databases: 'Databases', windows: 'Windows servers' } as const
export const listeners = { ssh: 'bastion-ssh', rdp: 'bastion-rdp', mysql: 'bastion-db' } as const

/** Who works on servers: the whole of IT, and half of Engineering. */
export const operators: readonly [Person, ...Person[]] = [
  ...administrators,
  ...staff.filter((one, at) => one.department === 'Engineering' && at % 2 === 0),
] as unknown as readonly [Person, ...Person[]]

const whys = ['Patch day', 'Ticket 4711', 'Restore of a backup', 'Customer has an error', 'Monthly check'] as const
const MINUTE_MS = 60_000

type Tell = (name: string, at: number, fields: Record<string, unknown>) => void

/** The privileged sessions of one working day: some wait for approval, some are shared, a few are cut off. */
export const privilegedSessions = (day: number, midnight: number, tell: Tell): void => {
  const luck = chance(`privileged ${day}`)
  for (let count = luck.whole(4, 9); count > 0; count--) {
    const who = luck.of(operators)
    const where = luck.of(servers)
    const at = midnight + 8 * HOUR_MS + luck.whole(0, 10 * 60) * MINUTE_MS
    const session = { session_id: uuidOf(`privileged ${day} ${count}`), user_id: who.userId }
    const boss = administrators[luck.whole(0, administrators.length - 1)]?.userId
    const guarded = where.safe !== 'linux'
    tell('E_SESSION_STARTED', at, {
      ...session,
      client_ip_address: who.ip,
      protocol: where.protocol,
      server_id: where.id,
      account_id: where.account,
      safe_id: where.safe,
      listener_id: listeners[where.protocol],
      reason: luck.of(whys),
      approval_required: guarded,
      retention_locked: where.safe === 'databases' && luck.happens(0.3),
    })
    if (guarded && boss !== undefined) {
      const declined = luck.happens(0.1)
      tell(declined ? 'E_SESSION_DECLINED' : 'E_SESSION_APPROVED', at + MINUTE_MS, { ...session, actor_id: boss })
      if (declined) continue
    }
    if (luck.happens(0.2)) {
      const guest = luck.of(operators).userId
      tell('E_SESSION_SHARED', at + 5 * MINUTE_MS, { ...session, actor_id: who.userId, shared_with: guest })
      tell('E_SESSION_JOINED', at + 6 * MINUTE_MS, { ...session, actor_id: guest })
    }
    const cut = luck.happens(0.05)
    tell(cut ? 'E_SESSION_TERMINATED' : 'E_SESSION_FINISHED', at + luck.whole(7, 90) * MINUTE_MS, {
      ...session,
      ...(cut ? { actor_id: boss } : {}),
    })
  }
}
