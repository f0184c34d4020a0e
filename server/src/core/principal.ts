import { Fault } from './fault.ts'
import { column, equals, type Filter } from './filter.ts'
import { type Realm, sameRealm } from './realm.ts'

/** What a principal may do; the use cases ask for exactly one of these. */
export type Permission =
  | 'events.write'
  | 'events.read'
  | 'reports.run'
  /** Generated reports that one made oneself; those of everybody; those that the system made. */
  | 'report.read.own'
  | 'report.read.all'
  | 'report.read.system'
  | 'report.create'
  | 'report.define'
  | 'subscribe'
  | 'realms.read'
  | 'directory.read'
  | 'directory.manage'
  | 'jobs.manage'
  /** What a realm decides for itself: the time zone of its reports. */
  | 'realms.configure'
  | 'realms.manage'
  | 'keys.manage'
  | 'set-aside.manage'
  | 'licences.manage'
  | 'service-keys.manage'

/** What a key may do in its own realm when nothing narrower was said. */
export const realmPermissions: readonly Permission[] = [
  'realms.configure',
  'events.write',
  'events.read',
  'reports.run',
  'realms.read',
  'report.read.own',
  'report.read.all',
  'report.read.system',
  'report.create',
  'report.define',
  'subscribe',
  'directory.read',
  'directory.manage',
  'jobs.manage',
]

const reading = ['events.read', 'reports.run', 'realms.read', 'jobs.manage'] as const satisfies readonly Permission[]
const asking = [
  ...reading,
  'report.read.own',
  'report.create',
  'report.define',
  'subscribe',
  'directory.read',
] as const satisfies readonly Permission[]

/** What a key that names roles may do in its realm; one without roles may do all of `realmPermissions`. */
export const rolePermissions = {
  writer: ['events.write'],
  reader: [...reading, 'directory.read'],
  directory: ['directory.read', 'directory.manage'],
  user: [...reading, 'report.read.own'],
  service: [...reading, 'report.read.own'],
  operator: asking,
  admin: [...asking, 'directory.manage'],
  superadmin: [...asking, 'realms.configure', 'directory.manage', 'report.read.all', 'report.read.system'],
} as const satisfies Readonly<Record<string, readonly Permission[]>>

export type RoleName = keyof typeof rolePermissions

export const roleNames = Object.keys(rolePermissions) as RoleName[]

/** Roles of somebody who belongs to one realm; a key that has one names the realm. */
export const realmRoles: readonly RoleName[] = ['user', 'service', 'operator', 'admin', 'superadmin']

/** Roles that show nothing of a realm but what its user did. */
const seesOwn: ReadonlySet<string> = new Set<RoleName>(['user', 'writer', 'directory'])

/** What of a realm somebody sees: a user's role shows its own doings, every other one that reads shows the realm. */
export const sightOfRoles = (roles: readonly string[], user: string): Filter | undefined =>
  roles.every((role) => seesOwn.has(role)) ? equals(column('user_id'), user) : undefined

/** The permissions of some roles together; a role that is not known grants nothing. */
export const permissionsOfRoles = (roles: readonly string[]): readonly Permission[] =>
  roles.flatMap((role) => (Object.hasOwn(rolePermissions, role) ? rolePermissions[role as RoleName] : []))

/** Everything, for the operator. */
export const allPermissions: readonly Permission[] = [
  ...realmPermissions,
  'realms.manage',
  'keys.manage',
  'set-aside.manage',
  'licences.manage',
  'service-keys.manage',
]

/** Who asks, as authentication found out: where they may, what they may, and what of a realm they see. */
export interface Principal {
  readonly id: string
  /** The user of the realm for whom the key acts; what is made with it is this user's. */
  readonly user: string
  /** The key's id; absent for the keys that settings hold. */
  readonly key?: string
  readonly realms: 'all' | readonly Realm[]
  readonly may: ReadonlySet<Permission>
  /** Joined to every question by the runner; undefined sees the whole realm. */
  readonly sight?: Filter
}

/** Throws `forbidden` unless the principal may do this, here. */
export const demand = (principal: Principal, permission: Permission, realm?: Realm): void => {
  if (realm && principal.realms !== 'all' && !principal.realms.some((own) => sameRealm(own, realm)))
    throw new Fault('forbidden', { reason: 'realm', need: permission }, 'This key does not belong to this realm')
  if (!principal.may.has(permission))
    throw new Fault(
      'forbidden',
      { reason: 'permission', need: permission },
      `This key may not do this: it needs ${permission}`,
    )
}
