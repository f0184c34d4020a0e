import type { Channel } from '../core/job.ts'
import type { Realm } from '../core/realm.ts'

/** What goes out. An e-mail has a subject and both bodies; a webhook has a body of its own. */
export interface Message {
  readonly subject: string
  readonly text: string
  readonly html: string
  /** Files of the file store that go along. */
  readonly attachments?: readonly { readonly name: string; readonly file: string; readonly media: string }[]
  /** What a webhook is told, and the id of the secret that signs it; unused by e-mail. */
  readonly event?: Readonly<Record<string, unknown>>
  readonly secret?: string
}

export interface Letter {
  readonly realm: Realm
  readonly address: string
  /** Without angle brackets; the same in every attempt. */
  readonly messageId: string
  readonly message: Message
}

/** Thrown when a letter was surely not taken; what else is thrown leaves it unknown whether it was. */
export class NotTaken extends Error {
  override readonly name = 'NotTaken'
  /** Whether another try may end better. */
  readonly passing: boolean

  constructor(message: string, passing: boolean, options?: ErrorOptions) {
    super(message, options)
    this.passing = passing
  }
}

/** Brings letters to their addresses over one channel. */
export interface Courier extends AsyncDisposable {
  readonly channel: Channel
  /** Resolves when the other side has taken the letter, within `patienceMs`. @throws NotTaken, or any error */
  deliver(letter: Letter, patienceMs: number): Promise<void>
}
