import type { FastifyError } from 'fastify'
import { Fault, type Issue, invalid, type Place } from '../core/fault.ts'

/** Longest part of a path, decoded, in UTF-16 units. */
export const LONGEST_PART = 1_024

const places: Readonly<Record<string, Place>> = {
  body: 'body',
  querystring: 'query',
  params: 'path',
  headers: 'header',
}

/** One rule of a schema that a value breaks, as the validator tells it. */
type Violation = NonNullable<FastifyError['validation']>[number]

const pathOf = (violation: Violation): readonly string[] =>
  violation.instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))

/** The members that a violation is about, when it is about members of the place and not the place itself. */
const membersOf = (violation: Violation): readonly string[] | undefined => {
  const { requiredProperties, missingProperty, additionalProperties, additionalProperty } = violation.params as {
    readonly requiredProperties?: readonly string[]
    readonly missingProperty?: string
    readonly additionalProperties?: readonly string[]
    readonly additionalProperty?: string
  }
  if (requiredProperties) return requiredProperties
  if (Array.isArray(additionalProperties)) return additionalProperties
  const one = missingProperty ?? additionalProperty
  return one === undefined ? undefined : [one]
}

const said = (violation: Violation): { readonly rule: string; readonly words: string } => {
  if (violation.keyword === 'required') return { rule: 'required', words: 'is required' }
  if (violation.keyword === 'additionalProperties') return { rule: 'unknown', words: 'is not known here' }
  if (violation.keyword === 'enum') {
    const { allowedValues } = violation.params as { readonly allowedValues?: readonly unknown[] }
    if (allowedValues) return { rule: 'enum', words: `must be one of ${allowedValues.join(', ')}` }
  }
  return { rule: violation.keyword, words: violation.message ?? 'is not valid' }
}

/** Keywords that only repeat what their branches say. */
const echoes: ReadonlySet<string> = new Set(['boolean', 'anyOf', 'oneOf', 'false schema'])

/**
 * Issues of violations, one for each name: what several branches of a choice say is joined by "or".
 * @param under the names that lead to the value, when it is a part of what was sent
 */
export const issuesOf = (
  violations: readonly Violation[],
  where: Place,
  under: readonly string[] = [],
): readonly Issue[] => {
  const told = violations.filter((violation) => !echoes.has(violation.keyword))
  const found = new Map<string, Issue>()
  for (const violation of told.length > 0 ? told : violations) {
    const { rule, words } = said(violation)
    const place = [...under, ...pathOf(violation)]
    for (const name of (membersOf(violation) ?? [undefined]).map((one) =>
      [...place, ...(one === undefined ? [] : [one])].join('.'),
    )) {
      const before = found.get(name)
      const message = before ? `${before.message} or ${words}` : `${name === '' ? `The ${where}` : name} ${words}`
      if (!before?.message.includes(words)) found.set(name, { where, name, rule: before?.rule ?? rule, message })
    }
  }
  return [...found.values()]
}

/** Fastify's own refusals, by the code that it gives them, as faults. */
const ofCode: Readonly<Record<string, (error: FastifyError, limit: number) => Fault>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: (_, limit) =>
    new Fault(
      'too-large',
      { what: 'body', limit, unit: 'bytes' },
      `The body is larger than ${limit} bytes; send less at a time`,
    ),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: (error) =>
    invalid([
      { where: 'header', name: 'content-type', rule: 'unknown', message: `${error.message}; send application/json` },
    ]),
  FST_ERR_CTP_EMPTY_JSON_BODY: () =>
    invalid([{ where: 'body', name: '', rule: 'required', message: 'The body is empty; send JSON' }]),
  FST_ERR_CTP_INVALID_JSON_BODY: () =>
    invalid([{ where: 'body', name: '', rule: 'format', message: 'The body is not valid JSON' }]),
  FST_ERR_BAD_URL: () =>
    invalid([
      { where: 'path', name: '', rule: 'format', message: 'The address is not well encoded; write a % in it as %25' },
    ]),
  FST_ERR_MAX_PARAM_LENGTH: () =>
    invalid([
      {
        where: 'path',
        name: '',
        rule: 'size',
        message: `A part of the address is longer than ${LONGEST_PART} characters`,
      },
    ]),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () =>
    invalid([
      { where: 'header', name: 'content-length', rule: 'format', message: 'The body has not the announced length' },
    ]),
}

/**
 * What went wrong, as a fault: ours as they are, Fastify's refusals of bad input translated.
 * Undefined for everything else, which is a 500.
 */
export const faultOf = (error: unknown, bodyLimit: number): Fault | undefined => {
  if (error instanceof Fault) return error
  if (!(error instanceof Error)) return undefined
  const failed = error as FastifyError
  if (failed.validation) {
    const where = places[failed.validationContext ?? 'body'] ?? 'body'
    return invalid(issuesOf(failed.validation, where))
  }
  const known = ofCode[failed.code ?? '']
  if (known) return known(failed, bodyLimit)
  if (error instanceof SyntaxError && failed.statusCode === 400)
    return invalid([{ where: 'body', name: '', rule: 'format', message: 'The body is not valid JSON' }])
  if (failed.statusCode !== undefined && failed.statusCode >= 400 && failed.statusCode < 500)
    return invalid([{ where: 'body', name: '', rule: 'format', message: error.message }])
  return undefined
}
