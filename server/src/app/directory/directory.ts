import { uuidv7 } from 'uuidv7'
import type { DirectoryDraft, DirectoryKind, DirectoryObject } from '../../core/directory.ts'
import { draftIssues, objectIdIssues } from '../../core/directory-issues.ts'
import { Fault, invalid, isFault } from '../../core/fault.ts'
import { demand, type Principal } from '../../core/principal.ts'
import type { Realm } from '../../core/realm.ts'
import type {
  Directory,
  DirectoryChange,
  DirectoryChanged,
  DirectoryPage,
  DirectoryPut,
  DirectoryRemoval,
  DirectoryWhere,
} from '../../ports/directory.ts'
import { createTelling, describeChanges, type Ingest, type TellingDialect } from './directory-events.ts'

/** What is said of an object; what is left out is empty, or `active` for the status. */
export interface SaidObject extends Partial<Omit<DirectoryDraft, 'attributes'>> {
  readonly attributes?: Readonly<Record<string, unknown>>
}

export interface SaidPut extends Omit<DirectoryPut, 'id' | 'draft'> {
  /** One of ours when absent. */
  readonly id?: string
  readonly said: SaidObject
}

/** In whose words the stream is told of a change; nothing is told when it is left out. */
export interface Tells {
  readonly tells?: TellingDialect
}

export type SaidChange = SaidPut | DirectoryRemoval

/** The directory's use cases: `directory.read` to look, `directory.manage` to change. */
export interface DirectoryApp {
  /** @throws Fault `not-found` */
  get(principal: Principal, realm: Realm, kind: DirectoryKind, id: string): Promise<DirectoryObject>
  /** In order of id. */
  list(
    principal: Principal,
    realm: Realm,
    kind: DirectoryKind,
    page: DirectoryPage,
  ): Promise<readonly DirectoryObject[]>
  count(principal: Principal, realm: Realm, kind: DirectoryKind, where?: DirectoryWhere): Promise<number>
  /** Makes or replaces one object. */
  put(principal: Principal, realm: Realm, put: Omit<SaidPut, 'do'> & Tells): Promise<Kept>
  /** Changes what is said and leaves the rest; attributes that are said as null go. @throws Fault `not-found` */
  patch(principal: Principal, realm: Realm, put: Omit<SaidPut, 'do'> & { readonly id: string } & Tells): Promise<Kept>
  /** Removes an object and the relations that it is part of. @throws Fault `not-found` */
  remove(
    principal: Principal,
    realm: Realm,
    kind: DirectoryKind,
    id: string,
    options?: { readonly ifVersion?: number } & Tells,
  ): Promise<void>
  /** Makes many changes, all or none; each answer stands at its change's place. */
  change(
    principal: Principal,
    realm: Realm,
    changes: readonly SaidChange[],
    options?: Tells,
  ): Promise<readonly DirectoryChanged[]>
  /** Tells the stream what it was not told yet; runs by itself after each change, and now and then. */
  tell(): Promise<void>
}

/** An object as it is kept now, and whether it was made by this. */
export interface Kept {
  readonly object: DirectoryObject
  readonly created: boolean
}

/** How often a patch is tried again when the object changes between its reading and its writing. */
const PATCH_TRIES = 5

const draftOf = (said: SaidObject): DirectoryDraft => ({
  externalId: said.externalId ?? null,
  name: said.name ?? '',
  display: said.display ?? '',
  status: said.status ?? 'active',
  subject: said.subject ?? null,
  object: said.object ?? null,
  relation: said.relation ?? '',
  attributes: JSON.stringify(said.attributes ?? {}),
})

/** An object as what would be said to make it so. */
export const saidOf = (object: DirectoryObject): SaidObject & { readonly attributes: Record<string, unknown> } => ({
  externalId: object.externalId,
  name: object.name,
  display: object.display,
  status: object.status,
  subject: object.subject,
  object: object.object,
  relation: object.relation,
  attributes: JSON.parse(object.attributes) as Record<string, unknown>,
})

const merged = (before: DirectoryObject, said: SaidObject): SaidObject => {
  const old = saidOf(before)
  const attributes = { ...old.attributes, ...said.attributes }
  const kept = Object.entries(attributes).filter(([, value]) => value !== null)
  return { ...old, ...said, attributes: Object.fromEntries(kept) }
}

const notFound = (kind: DirectoryKind, id: string): Fault =>
  new Fault('not-found', { what: kind, id }, `The directory has no ${kind} ${JSON.stringify(id)}`)

/** A change as the store takes it. @throws Fault `invalid` that names each field */
const checked = (change: SaidChange): DirectoryChange => {
  if (change.do === 'remove') return change
  const id = change.id ?? uuidv7()
  const draft = draftOf(change.said)
  const issues = [...objectIdIssues(id), ...draftIssues(change.kind, draft)]
  if (issues.length > 0) throw invalid(issues)
  const { said: _said, ...put } = change
  return { ...put, id, draft }
}

export const createDirectory = (directory: Directory, ingest: Ingest, now: () => number): DirectoryApp => {
  const tell = createTelling(directory.notes, ingest)
  const change: DirectoryApp['change'] = async (principal, realm, changes, { tells } = {}) => {
    demand(principal, 'directory.manage', realm)
    const at = now()
    const describe = tells && describeChanges(principal.user, at, tells)
    const changed = await directory.change(realm, principal.user, at, changes.map(checked), describe)
    // The change and its notes are kept; should the inbox be full, the stream is told later.
    if (tells) await tell().catch(() => undefined)
    return changed
  }

  const put = async (principal: Principal, realm: Realm, { tells, ...said }: SaidPut & Tells): Promise<Kept> => {
    const [changed] = await change(principal, realm, [said], tells ? { tells } : {})
    if (!changed?.after) throw new Error('An object was not there after it was put')
    return { object: changed.after, created: changed.before === undefined }
  }

  return {
    change,
    tell,
    put: (principal, realm, said) => put(principal, realm, { ...said, do: 'put' }),

    async get(principal, realm, kind, id) {
      demand(principal, 'directory.read', realm)
      const found = await directory.get(realm, kind, id)
      if (!found) throw notFound(kind, id)
      return found
    },

    async list(principal, realm, kind, page) {
      demand(principal, 'directory.read', realm)
      return await directory.list(realm, kind, page)
    },

    async count(principal, realm, kind, where) {
      demand(principal, 'directory.read', realm)
      return await directory.count(realm, kind, where)
    },

    async patch(principal, realm, { kind, id, said, ifVersion, tells }) {
      demand(principal, 'directory.manage', realm)
      for (let tries = 1; ; tries++) {
        const before = await directory.get(realm, kind, id)
        if (!before) throw notFound(kind, id)
        try {
          return await put(principal, realm, {
            do: 'put',
            kind,
            id,
            said: merged(before, said),
            ifVersion: ifVersion ?? before.version,
            ...(tells ? { tells } : {}),
          })
        } catch (error) {
          const moved = isFault(error, 'conflict') && error.details.why === 'version'
          if (!moved || ifVersion !== undefined || tries === PATCH_TRIES) throw error
        }
      }
    },

    async remove(principal, realm, kind, id, { ifVersion, tells } = {}) {
      const [changed] = await change(
        principal,
        realm,
        [{ do: 'remove', kind, id, ...(ifVersion === undefined ? {} : { ifVersion }) }],
        tells ? { tells } : {},
      )
      if (!changed?.before) throw notFound(kind, id)
    },
  }
}
