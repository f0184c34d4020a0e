import type { DirectoryDraft, DirectoryKind, DirectoryObject } from '../core/directory.ts'
import type { Realm } from '../core/realm.ts'

export interface DirectoryPut {
  readonly do: 'put'
  readonly kind: DirectoryKind
  readonly id: string
  readonly draft: DirectoryDraft
  /** Only when the object has this version; 0 when there must be none yet. */
  readonly ifVersion?: number
  /** Gives a new version even when nothing that the object itself says changes. */
  readonly touch?: true
}

export interface DirectoryRemoval {
  readonly do: 'remove'
  readonly kind: DirectoryKind
  readonly id: string
  /** Only when the object has this version. */
  readonly ifVersion?: number
}

/** One change of the directory. */
export type DirectoryChange = DirectoryPut | DirectoryRemoval

/** What a change did: the object before (undefined when there was none) and after (undefined when it is gone). */
export interface DirectoryChanged {
  readonly before?: DirectoryObject
  readonly after?: DirectoryObject
}

/** Which objects of a kind are asked for; everything given must hold. */
export interface DirectoryWhere {
  readonly ids?: readonly string[]
  readonly externalId?: string
  /** Heeds no case. */
  readonly name?: string
  readonly status?: string
  readonly subjectId?: string
  readonly subjectIds?: readonly string[]
  readonly objectKind?: DirectoryKind
  readonly objectId?: string
  readonly relation?: string
  /** Those that were removed instead of those that are there. */
  readonly removed?: true
}

/** Which part of a list is asked for: `after` is the last id of the page before, `skip` objects are left out. */
export interface DirectoryPage {
  readonly where?: DirectoryWhere
  readonly after?: string
  readonly skip?: number
  readonly limit: number
}

/** What the stream is to be told of a change: written with it, and forgotten when the inbox has it. */
export interface DirectoryNote {
  readonly version: number
  readonly place: number
  readonly realm: Realm
  readonly body: string
}

export interface DirectoryLease {
  readonly holder: string
  readonly fence: number
}

/** An object with its realm, as the mirror takes it. */
export interface DirectoryRow {
  readonly realm: { readonly tenantId: string; readonly communityId: string }
  readonly object: DirectoryObject
}

/**
 * The objects of each realm. A change's number is given inside its transaction, in commit order, and is the object's
 * version: so what was not mirrored yet is what has a version above the mirror's mark.
 */
export interface Directory {
  get(realm: Realm, kind: DirectoryKind, id: string): Promise<DirectoryObject | undefined>

  /** In order of id. Removed ones are not there unless asked for. */
  list(realm: Realm, kind: DirectoryKind, page: DirectoryPage): Promise<readonly DirectoryObject[]>

  count(realm: Realm, kind: DirectoryKind, where?: DirectoryWhere): Promise<number>

  /**
   * Makes changes in one transaction, all or none; each answer stands at its change's place. What a put would not alter
   * keeps its version. Removing a thing removes the relations that it is part of.
   * @throws Fault `conflict` with `why` `version` (it changed meanwhile) or `unique` (another has its name)
   */
  change(
    realm: Realm,
    by: string,
    now: number,
    changes: readonly DirectoryChange[],
    /** Says what the stream is to be told of it; called inside the transaction. */
    describe?: (changed: readonly DirectoryChanged[]) => readonly string[],
  ): Promise<readonly DirectoryChanged[]>

  readonly notes: {
    /** The oldest notes, in the order of the changes. */
    read(limit: number): Promise<readonly DirectoryNote[]>
    forget(notes: readonly DirectoryNote[]): Promise<void>
  }

  /** Of the mirror: what has changed since its mark, in the order of the changes. */
  readonly outbox: {
    /** The highest version of a realm that is not mirrored yet; 0 when everything is. */
    waiting(realm: Realm): Promise<number>
    /** The version up to which everything is mirrored. */
    mark(): Promise<number>
    /** Takes or renews the lease; null while another process holds it. */
    lease(holder: string, ttlMs: number): Promise<DirectoryLease | null>
    release(lease: DirectoryLease): Promise<void>
    read(after: number, limit: number): Promise<readonly DirectoryRow[]>
    /** Moves the mark. @throws Error when the lease is no longer held */
    settle(lease: DirectoryLease, upTo: number): Promise<void>
    /** Resolves when something was changed here since the last call, or after `timeoutMs`. */
    changed(timeoutMs: number): Promise<void>
  }
}
