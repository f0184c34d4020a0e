import { type Issue, invalid, type Place } from '../../core/fault.ts'
import { isUuid } from '../../core/uuid.ts'

/** A query or a body's members as they were sent. */
export type Sent = Readonly<Record<string, unknown>>

/** What its published clients send for a value that they were not given. */
const absent: ReadonlySet<unknown> = new Set([undefined, null, '', 'null', 'undefined'])

/** A value that was given; undefined for an empty one and for the words `null` and `undefined`. */
export const given = (sent: Sent, name: string): unknown => {
  const value = Object.hasOwn(sent, name) ? sent[name] : undefined
  return absent.has(value) ? undefined : value
}

const shown = (value: unknown): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 64 ? `${text.slice(0, 64)}…` : text
}

export const wrongUuid = (where: Place, name: string, value: unknown): Issue => ({
  where,
  name,
  rule: 'format',
  message: `Invalid ${name} [${shown(value)}]. This must be a valid UUID String (e.g. 25a872da-bb44-4af8-a43d-e7bcb5351ebc).`,
})

/** The largest instant that a `Date` holds, in epoch milliseconds. */
const LAST = 8_640_000_000_000_000

/** Reads parameters one by one, and refuses everything that is wrong with them at once. */
export interface Parameters {
  /** A UUID in small letters. */
  uuid(name: string): string | undefined
  text(name: string): string | undefined
  /** Epoch milliseconds; refused when it is missing. */
  instant(name: string): number
  /** Epoch milliseconds; undefined when it was not given. */
  moment(name: string): number | undefined
  /** A whole number within bounds. */
  whole(name: string, bounds: { readonly least: number; readonly most: number; readonly otherwise: number }): number
  /** Words out of a list, given once or several times. */
  words<const W extends string>(name: string, allowed: readonly W[]): readonly W[]
  refuse(name: string, rule: string, message: string): void
  /** @throws Fault `invalid` with every issue that was found */
  done(): void
}

export const readParameters = (sent: Sent, where: Place = 'query'): Parameters => {
  const issues: Issue[] = []
  const refuse: Parameters['refuse'] = (name, rule, message) => {
    issues.push({ where, name, rule, message })
  }
  const number = (name: string, value: unknown): number | undefined => {
    const read = typeof value === 'number' ? value : /^-?\d{1,16}$/.test(String(value)) ? Number(value) : Number.NaN
    if (Number.isSafeInteger(read)) return read
    refuse(name, 'format', `Invalid ${name} [${shown(value)}]. This must be a whole number.`)
    return undefined
  }
  return {
    refuse,
    uuid(name) {
      const value = given(sent, name)
      if (value === undefined) return undefined
      if (typeof value === 'string' && isUuid(value)) return value.toLowerCase()
      issues.push(wrongUuid(where, name, value))
      return undefined
    },
    text(name) {
      const value = given(sent, name)
      if (value === undefined) return undefined
      if (typeof value !== 'string' || !value.isWellFormed()) {
        refuse(name, 'format', `Invalid ${name} [${shown(value)}]. This must be one String.`)
        return undefined
      }
      if (value.trim() === '') {
        refuse(name, 'blank', `The [${name}] parameter must not be blank`)
        return undefined
      }
      if (value.length > 1_024) {
        refuse(name, 'size', `The [${name}] parameter is longer than 1024 characters`)
        return undefined
      }
      return value
    },
    instant(name) {
      const value = given(sent, name)
      if (value === undefined) {
        refuse(name, 'required', `The [${name}] parameter is required`)
        return 0
      }
      const at = number(name, value)
      if (at !== undefined && Math.abs(at) > LAST)
        refuse(name, 'range', `The [${name}] parameter is beyond every date; send epoch milliseconds`)
      return Math.min(Math.max(at ?? 0, -LAST), LAST)
    },
    moment(name) {
      const value = given(sent, name)
      const at = value === undefined ? undefined : number(name, value)
      if (at === undefined || Math.abs(at) <= LAST) return at
      refuse(name, 'range', `The [${name}] parameter is beyond every date; send epoch milliseconds`)
      return undefined
    },
    whole(name, { least, most, otherwise }) {
      const value = given(sent, name)
      if (value === undefined) return otherwise
      const read = number(name, value)
      if (read === undefined) return otherwise
      if (read < least || read > most) refuse(name, 'range', `The [${name}] parameter must be from ${least} to ${most}`)
      return read
    },
    words(name, allowed) {
      const value = Object.hasOwn(sent, name) ? sent[name] : undefined
      const values = (Array.isArray(value) ? (value as unknown[]) : [value]).filter((one) => !absent.has(one))
      const known = values.filter((one) => (allowed as readonly unknown[]).includes(one))
      if (known.length < values.length)
        refuse(name, 'range', `The [${name}] parameter must be one of ${allowed.join(', ')}`)
      return [...new Set(known)] as (typeof allowed)[number][]
    },
    done() {
      if (issues.length > 0) throw invalid(issues)
    },
  }
}
