import type { Readable } from 'node:stream'
import type { Realm } from '../core/realm.ts'

/** Where made files are kept. A name is ours: letters, digits, `-`, `_` and `.`; it is one realm's. */
export interface Files extends AsyncDisposable {
  /**
   * Writes a stream under a name, replacing what is there; a file is there whole or not at all.
   * @returns how many bytes
   */
  write(realm: Realm, name: string, body: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<number>
  /** Opens a file to read, with its size; undefined when there is none. */
  read(realm: Realm, name: string): Promise<{ readonly body: Readable; readonly bytes: number } | undefined>
  /** Bytes of a file; undefined when there is none. */
  size(realm: Realm, name: string): Promise<number | undefined>
  /** Removes a file; nothing happens when there is none. */
  remove(realm: Realm, name: string): Promise<void>
  /** Removes every file of a realm. */
  clear(realm: Realm): Promise<void>
  /** Whether the store can be reached. */
  ping(): Promise<boolean>
}
