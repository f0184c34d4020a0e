import { mintRealm, type Realm } from '../../../core/realm.ts'
import type { Identity, InboxEntry, InboxRow } from '../../../ports/inbox.ts'
import type { Tables } from '../tables.ts'

/**
 * A block is the waiting events of one realm with numbers in a row, one line each:
 * `<event's epoch milliseconds> <hexadecimal digits of the id's and the body's hash, or -> <row as JSON>`.
 */
export interface Line {
  readonly eventTs: number
  /** 64 digits, or `-` when the id is ours. */
  readonly identity: string
  readonly row: string
}

export const parseLine = (line: string): Line => {
  const first = line.indexOf(' ')
  const second = line.indexOf(' ', first + 1)
  return {
    eventTs: Number(line.slice(0, first)),
    identity: line.slice(first + 1, second),
    row: line.slice(second + 1),
  }
}

/** The entry's identity as a line holds it, back as the two hashes. */
export const parseIdentity = (identity: string): Identity | null =>
  identity === '-' ? null : { id: identity.slice(0, 32), body: identity.slice(32) }

/** The line of an entry. */
export const writeLine = ({ eventTs, identity, row }: InboxEntry): string =>
  identity ? `${eventTs} ${identity.id}${identity.body} ${row}` : `${eventTs} - ${row}`

type StoredBlock = Pick<Tables['inbox_block'], 'first_seq' | 'tenant_id' | 'community_id' | 'body'>

/** The events of a block as the mover reads them. The realm is minted: it was one when its events were accepted. */
export const blockRows = (block: StoredBlock): InboxRow[] => {
  const realm: Realm = mintRealm(block.tenant_id, block.community_id)
  return block.body.split('\n').map((text, index) => {
    const line = parseLine(text)
    return {
      seq: block.first_seq + index,
      realm,
      eventTs: line.eventTs,
      given: line.identity !== '-',
      row: line.row,
    }
  })
}

/** The line of one number inside a block. */
export const lineAt = (block: StoredBlock, seq: number): Line | undefined => {
  const text = block.body.split('\n')[seq - block.first_seq]
  return text === undefined ? undefined : parseLine(text)
}
