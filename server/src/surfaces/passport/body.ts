import { invalid } from '../../core/fault.ts'
import type { Sent } from './parameters.ts'

const isObject = (value: unknown): value is Sent => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A body that must be an object. @throws Fault `invalid` */
export const bodyOf = (body: unknown): Sent => {
  if (body === undefined || body === null) return {}
  if (isObject(body)) return body
  throw invalid([{ where: 'body', name: '', rule: 'InvalidJSON', message: 'The body must be a JSON object' }])
}

/** An object inside a body; empty when it was not sent. @throws Fault `invalid` that names it */
export const partOf = (body: Sent, name: string): Sent => {
  const value = Object.hasOwn(body, name) ? body[name] : undefined
  if (value === undefined || value === null) return {}
  if (isObject(value)) return value
  throw invalid([{ where: 'body', name, rule: 'format', message: `Invalid ${name}. This must be a JSON object.` }])
}

/** An object that a body must hold. @throws Fault `invalid` that names it */
export const neededPart = (body: Sent, name: string): Sent => {
  const part = partOf(body, name)
  if (Object.hasOwn(body, name) && body[name] !== null) return part
  throw invalid([{ where: 'body', name, rule: 'required', message: `The [${name}] property is required` }])
}
