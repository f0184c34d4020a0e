import { type Issue, invalid } from '../../core/fault.ts'

/** Characters that no name or id may hold. */
const CONTROL = /\p{Cc}/u
const ID_LENGTH = 128
const NAME_LENGTH = 256

const issue = (name: string, rule: string, message: string): Issue => ({ where: 'body', name, rule, message })

const checkText = (name: string, value: string, longest: number): Issue[] => {
  if (value === '') return [issue(name, 'required', `${name} must not be empty`)]
  if (value.length > longest) return [issue(name, 'size', `${name} must have at most ${longest} characters`)]
  if (CONTROL.test(value) || !value.isWellFormed())
    return [issue(name, 'format', `${name} must not hold control characters or broken Unicode`)]
  return []
}

/** Parts of an address that every client takes for a step, so that nothing of such an id could ever be asked for. */
const STEPS: ReadonlySet<string> = new Set(['.', '..'])

/** What is wrong with an id: it is opaque, up to 128 characters, without control characters, and no `.` or `..`. */
export const idIssues = (name: string, value: string | undefined): Issue[] => {
  if (value === undefined) return []
  if (STEPS.has(value)) return [issue(name, 'format', `${name} must not be . or .., which no address can carry`)]
  return checkText(name, value, ID_LENGTH)
}

/** What is wrong with a name: up to 256 characters, without control characters. */
export const nameIssues = (name: string, value: string | undefined): Issue[] =>
  value === undefined ? [] : checkText(name, value, NAME_LENGTH)

/** @throws Fault `invalid` when there is any issue. */
export const refuseIssues = (issues: readonly Issue[]): void => {
  if (issues.length > 0) throw invalid(issues)
}

/** PostgreSQL cannot hold NUL in a text; both engines refuse it alike. @throws Fault `invalid` */
export const refuseNul = (values: readonly unknown[]): void => {
  if (values.some((value) => typeof value === 'string' && value.includes('\0')))
    throw invalid([issue('', 'format', 'A text must not hold the character NUL')])
}

/** A text of our own making without NUL, which PostgreSQL cannot hold; JSON text holds it escaped anyhow. */
export const withoutNul = (text: string): string => text.replaceAll('\0', '\uFFFD').toWellFormed()
