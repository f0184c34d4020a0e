import type { FastifyError } from 'fastify'
import { Fault, type Issue, invalid, type Place } from '../core/fault.ts'

const places: Readonly<Record<string, Place>> = {
  body: 'body',
  querystring: 'query',
  params: 'path',
  headers: 'header',
}

const issueOf = (problem: NonNullable<FastifyError['validation']>[number], where: Place): Issue => {
  const missing = (problem.params as { requiredProperties?: string[]; missingProperty?: string }) ?? {}
  const extra = (problem.params as { additionalProperties?: string[]; additionalProperty?: string }) ?? {}
  const inner = problem.instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  const name =
    missing.missingProperty ??
    missing.requiredProperties?.[0] ??
    extra.additionalProperty ??
    extra.additionalProperties?.[0]
  const full = [...inner, ...(name === undefined ? [] : [name])].join('.')
  const rule = problem.keyword === 'additionalProperties' ? 'unknown' : problem.keyword
  const said =
    problem.keyword === 'required'
      ? 'is required'
      : problem.keyword === 'additionalProperties'
        ? 'is not known here'
        : (problem.message ?? 'is not valid')
  return { where, name: full, rule, message: `${full === '' ? `The ${where}` : full} ${said}` }
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
    return invalid(failed.validation.map((problem) => issueOf(problem, where)))
  }
  const known = ofCode[failed.code ?? '']
  if (known) return known(failed, bodyLimit)
  if (error instanceof SyntaxError && failed.statusCode === 400)
    return invalid([{ where: 'body', name: '', rule: 'format', message: 'The body is not valid JSON' }])
  if (failed.statusCode !== undefined && failed.statusCode >= 400 && failed.statusCode < 500)
    return invalid([{ where: 'body', name: '', rule: 'format', message: error.message }])
  return undefined
}
