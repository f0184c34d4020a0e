/** One setting: its name outside, a sentence for people, its default as it would be written, and how its text is read. */
export interface Setting<T> {
  readonly name: `ROLLCALL_${string}`
  readonly about: string
  /** Shown in the documents; the text that would give the default. */
  readonly fallback: string
  /** Shown in the documents: what its text may be. */
  readonly takes: string
  readonly secret: boolean
  readonly standard: T
  /** @throws Error with a sentence that says what is allowed. */
  readonly read: (text: string) => T
}

interface Said {
  readonly name: `ROLLCALL_${string}`
  readonly about: string
  readonly fallback?: string
  readonly takes?: string
}

export const words = (said: Said & { readonly standard: string }): Setting<string> => ({
  ...said,
  fallback: said.fallback ?? said.standard,
  takes: said.takes ?? 'a text',
  secret: false,
  read: (text) => text,
})

export const optional = (said: Said): Setting<string | undefined> => ({
  ...said,
  fallback: said.fallback ?? 'none',
  takes: said.takes ?? 'a text',
  secret: false,
  standard: undefined,
  read: (text) => text,
})

export const confidential = (said: Said): Setting<string | undefined> => ({
  ...optional({ takes: '16 characters or more', ...said }),
  secret: true,
  read: (text) => {
    if (text.length < 16) throw new Error('must have 16 characters or more')
    return text
  },
})

export const whole = (
  said: Said & { readonly standard: number; readonly least: number; readonly most: number; readonly unit?: string },
): Setting<number> => ({
  ...said,
  fallback: said.fallback ?? String(said.standard),
  takes: said.takes ?? `${said.least} to ${said.most}${said.unit ? ` ${said.unit}` : ''}`,
  secret: false,
  read: (text) => {
    const value = Number(text)
    if (!Number.isSafeInteger(value) || value < said.least || value > said.most)
      throw new Error(`must be a whole number from ${said.least} to ${said.most}${said.unit ? ` (${said.unit})` : ''}`)
    return value
  },
})

export const flag = (said: Said & { readonly standard: boolean }): Setting<boolean> => ({
  ...said,
  fallback: said.fallback ?? (said.standard ? 'true' : 'false'),
  takes: said.takes ?? 'true or false',
  secret: false,
  read: (text) => {
    if (['true', '1', 'on', 'yes'].includes(text.toLowerCase())) return true
    if (['false', '0', 'off', 'no'].includes(text.toLowerCase())) return false
    throw new Error('must be true or false')
  },
})

export const oneOf = <const T extends readonly string[]>(
  said: Said & { readonly of: T; readonly standard: T[number] },
): Setting<T[number]> => ({
  ...said,
  fallback: said.fallback ?? said.standard,
  takes: said.takes ?? `one of ${said.of.join(', ')}`,
  secret: false,
  read: (text) => {
    const found = said.of.find((word) => word === text)
    if (!found) throw new Error(`must be one of ${said.of.join(', ')}`)
    return found
  },
})

/** A setting of any other form. */
export const custom = <T>(
  said: Said & { readonly standard: T; readonly read: (text: string) => T; readonly secret?: boolean },
): Setting<T> => ({
  ...said,
  fallback: said.fallback ?? 'none',
  takes: said.takes ?? 'a text',
  secret: said.secret ?? false,
})

/** Reads an address of a certain form. */
export const url =
  (allowed: RegExp, example: string) =>
  (text: string): string => {
    if (!allowed.test(text) || !URL.canParse(text)) throw new Error(`must look like ${example}`)
    return text
  }
