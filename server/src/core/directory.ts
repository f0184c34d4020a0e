/** What the directory keeps. A relation joins two others: who, to what. */
export const directoryKinds = [
  'user',
  'group',
  'role',
  'application',
  'server',
  'safe',
  'account',
  'listener',
  'hardware_token',
  'verification_session',
  'membership',
  'role_assignment',
  'registration',
  'grant',
] as const

export type DirectoryKind = (typeof directoryKinds)[number]

/** One object of the directory, from outside of it: its kind and its id. */
export interface DirectoryLink {
  readonly kind: DirectoryKind
  readonly id: string
}

/** What a kind is like: which of its fields it must have, and with what they may be filled. */
export interface KindRule {
  /** A name is its own within the realm and kind, heeding no case. */
  readonly uniqueName?: true
  /** Of which kinds its subject (who) and its object (what) may be. */
  readonly subject?: readonly DirectoryKind[]
  readonly object?: readonly DirectoryKind[]
  /** A relation has both, and there is one of the same two and the same word. */
  readonly relation?: true
  /** The words that a relation of this kind may say; none when absent. */
  readonly words?: readonly string[]
}

const holders: readonly DirectoryKind[] = ['user', 'group', 'role']
const things: readonly DirectoryKind[] = directoryKinds.slice(0, directoryKinds.indexOf('membership'))

export const kindRules: Readonly<Record<DirectoryKind, KindRule>> = {
  user: { uniqueName: true },
  group: {},
  role: {},
  application: {},
  server: {},
  safe: {},
  account: {},
  listener: {},
  hardware_token: { subject: ['user'] },
  verification_session: { subject: ['user'] },
  membership: { relation: true, subject: ['user', 'group'], object: ['group'] },
  role_assignment: { relation: true, subject: ['user', 'group'], object: ['role'] },
  registration: { relation: true, subject: ['user'], object: ['application'] },
  grant: { relation: true, subject: holders, object: things, words: ['use', 'edit'] },
}

/** What whoever keeps an object says of it; everything else is the store's. */
export interface DirectoryDraft {
  readonly externalId: string | null
  /** The name that its own system knows it by: a user name, a host name, a serial number. May be empty. */
  readonly name: string
  /** The name that people read. May be empty. */
  readonly display: string
  /** A word: `active` unless said otherwise. */
  readonly status: string
  readonly subject: DirectoryLink | null
  readonly object: DirectoryLink | null
  /** A relation's word, such as `use`; empty where its kind has none. */
  readonly relation: string
  /** Everything else, as JSON text of one object. */
  readonly attributes: string
}

/** One object of a realm's directory. */
export interface DirectoryObject extends DirectoryDraft, DirectoryLink {
  /** Grows with each change, over the whole store; also the change's place in the outbox. */
  readonly version: number
  /** Epoch milliseconds. */
  readonly createdAt: number
  /** The principal that made it. */
  readonly createdBy: string
  readonly modifiedAt: number
  /** Whether it was removed: then its name is kept, for what the stream says of it, and its attributes are not. */
  readonly removed: boolean
}

export const isDirectoryKind = (kind: string): kind is DirectoryKind =>
  (directoryKinds as readonly string[]).includes(kind)

/** A name in small letters of every script, for look-ups that do not heed case. */
export const foldName = (name: string): string => name.toLowerCase()

const linkText = (link: DirectoryLink | null): string => (link ? `${link.kind}/${link.id}` : '')

/** What must be there only once in a realm and kind; undefined when nothing must. */
export const uniqueKeyOf = (kind: DirectoryKind, draft: DirectoryDraft): string | undefined => {
  const rule = kindRules[kind]
  if (rule.relation) return JSON.stringify([linkText(draft.subject), draft.relation, linkText(draft.object)])
  return rule.uniqueName ? foldName(draft.name) : undefined
}
