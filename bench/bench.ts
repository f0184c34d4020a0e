/** A table as it is printed: a head, and rows of texts. */
export interface Table {
  readonly title: string
  readonly notes?: readonly string[]
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** What a bench found: tables to read, and every figure for a file. */
export interface Found {
  readonly tables: readonly Table[]
  readonly figures: unknown
}

/** What a bench is given. */
export interface Stage {
  /** Smaller and shorter, to see that everything runs; its figures mean little. */
  readonly quick: boolean
  /** Runs of each contender, taken in turns. */
  readonly rounds: number
  /** Events of a large history. */
  readonly events: number
  /** Event ids in the id window before events are sent. */
  readonly ids: number
  /** Only contenders whose name holds this text; all when empty. */
  readonly only: string
  /** Where profiles of the server go, when they are wanted. */
  readonly profiles: string | undefined
  /** A folder of this run by its name; it is removed afterwards. */
  folder(name: string): string
  /** Says what happens, on a line of its own. */
  say(sentence: string): void
}

/** One bench. */
export interface Bench {
  readonly name: string
  readonly about: string
  run(stage: Stage): Promise<Found>
}
