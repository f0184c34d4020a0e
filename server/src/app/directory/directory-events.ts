import { uuidv7 } from 'uuidv7'
import type { Action } from '../../core/catalogue.ts'
import type { DirectoryObject } from '../../core/directory.ts'
import { kindRules } from '../../core/directory.ts'
import type { Dialect, EventDraft, Receipt } from '../../core/event.ts'
import type { Principal } from '../../core/principal.ts'
import type { Realm } from '../../core/realm.ts'
import { shareReads } from '../../core/share-reads.ts'
import type { Directory, DirectoryChanged } from '../../ports/directory.ts'

/** Takes events in. */
export type Ingest = (principal: Principal, realm: Realm, drafts: readonly EventDraft[]) => Promise<readonly Receipt[]>

/** In whose words the stream is told of a change; a surface that sends events of its own tells nothing here. */
export type TellingDialect = Extract<Dialect, 'native' | 'scim'>

const actionOf = (object: DirectoryObject, what: 'created' | 'changed' | 'removed'): Action => {
  if (object.kind === 'user')
    return ({ created: 'user.created', changed: 'user.updated', removed: 'user.deleted' } as const)[what]
  if (kindRules[object.kind].relation && object.kind !== 'registration' && what !== 'changed')
    return what === 'created' ? 'grant.given' : 'grant.withdrawn'
  return ({ created: 'object.created', changed: 'object.changed', removed: 'object.removed' } as const)[what]
}

const linkFields = (name: string, link: DirectoryObject['subject']): object =>
  link ? { [`${name}_type`]: link.kind, [`${name}_id`]: link.id } : {}

/** The event of one change; undefined when nothing changed. */
const draftOf = (
  changed: DirectoryChanged,
  by: string,
  at: number,
  dialect: TellingDialect,
): EventDraft | undefined => {
  const { before, after } = changed
  const object = after ?? before
  if (!object || (before && after && before.version === after.version)) return undefined
  const action = actionOf(object, !before ? 'created' : after ? 'changed' : 'removed')
  // Of a relation the thing is the object, as of a thing itself; the relation says how.
  const thing = object.object ?? { kind: object.kind, id: object.id }
  const user = object.kind === 'user' ? object.name : object.subject?.kind === 'user' ? object.subject.id : ''
  const said = {
    event_name: action,
    actor_id: by,
    ...(user === '' ? {} : { user_id: user }),
    object_type: thing.kind,
    object_id: thing.id,
    object_name: object.object ? undefined : object.name || object.display || undefined,
    ...(object.object ? { relation: object.relation || object.kind, ...linkFields('subject', object.subject) } : {}),
  }
  return {
    dialect,
    event_name: action,
    event_id: uuidv7(),
    event_ts: at,
    action,
    outcome: 'success',
    found: {
      actor_id: by,
      user_id: user,
      object_type: thing.kind,
      object_id: thing.id,
    },
    raw: JSON.stringify(said),
  }
}

/** What the stream is to be told of changes, as texts that are kept with them. */
export const describeChanges =
  (by: string, at: number, dialect: TellingDialect) =>
  (changed: readonly DirectoryChanged[]): readonly string[] =>
    changed.flatMap((one) => {
      const draft = draftOf(one, by, at, dialect)
      return draft ? [JSON.stringify(draft)] : []
    })

const BATCH = 200

/** Who tells the stream of changes that were allowed already. */
const teller = (realm: Realm): Principal => ({
  id: 'directory',
  user: 'directory',
  realms: [realm],
  may: new Set(['events.write']),
})

/**
 * Brings notes of changes to the inbox, in order, and forgets them there. Should it break off between the two, they are
 * sent again under the same ids, which the inbox knows.
 */
export const createTelling = (notes: Directory['notes'], ingest: Ingest): (() => Promise<void>) =>
  shareReads(async () => {
    for (;;) {
      const waiting = await notes.read(BATCH)
      for (const note of waiting) await ingest(teller(note.realm), note.realm, [JSON.parse(note.body) as EventDraft])
      await notes.forget(waiting)
      if (waiting.length < BATCH) return
    }
  })
