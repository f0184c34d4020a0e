import type { IncomingHttpHeaders } from 'node:http'
import type { App, Authenticated } from '../../../app/app.ts'
import { isFault } from '../../../core/fault.ts'

/** The `licensekey` header as it was sent in the clear; undefined when there is none. */
export const plainLicence = (headers: IncomingHttpHeaders): string | undefined => {
  const sent = headers.licensekey
  const text = Array.isArray(sent) ? sent[0] : sent
  return text?.trim() ? text.trim() : undefined
}

/** Whether a licence may see how the service is doing: one of `system` level, or the infra key of the settings. */
export const isOperator = (caller: Authenticated): boolean => caller.authLevel === 'system' || caller.record === null

/** Whether the request carries an operator's licence in the clear; a wrong one is no error. */
export const comesFromOperator = async (app: App, headers: IncomingHttpHeaders): Promise<boolean> => {
  const licence = plainLicence(headers)
  if (licence === undefined) return false
  try {
    return isOperator(await app.authenticate.licence(licence))
  } catch (error) {
    if (isFault(error, 'unauthenticated')) return false
    throw error
  }
}
