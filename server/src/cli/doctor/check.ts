import type { Settings } from '../../config/settings.ts'

/** What a check found: well or not, a sentence, and what to do when it is not well. */
export interface Finding {
  readonly state: 'well' | 'note' | 'wrong'
  readonly said: string
  readonly todo?: string
}

/** One check; it throws nothing and leaves nothing behind. */
export interface Check {
  readonly name: string
  readonly run: (settings: Settings, address: string) => Promise<Finding | readonly Finding[]>
}

export const well = (said: string): Finding => ({ state: 'well', said })
export const note = (said: string, todo: string): Finding => ({ state: 'note', said, todo })
export const wrong = (said: string, todo: string): Finding => ({ state: 'wrong', said, todo })

export const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}
