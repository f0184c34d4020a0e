import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import { invalid } from '../../../core/fault.ts'
import { isZone } from '../../../core/zone.ts'
import type { Caller } from '../auth.ts'
import { bodyOf, neededPart, partOf } from '../body.ts'
import type { Sent } from '../parameters.ts'
import type { RouteParts } from '../route.ts'
import { refusals } from '../shapes.ts'

const tags = ['System configuration']

const Shape = Type.Object({
  systemConfiguration: Type.Object(
    { reportTimezone: Type.String({ description: 'IANA zone of the reports of this realm.' }) },
    { additionalProperties: true },
  ),
})

/** What the vendor keeps beside the zone: here the retention is the server's, and these stay as they are. */
const fixed = {
  auditLogConfiguration: { delete: { enabled: false, numberOfDaysToRetain: 365 } },
  eventLogConfiguration: { numberToRetain: 10_000 },
  loginRecordConfiguration: { delete: { enabled: false, numberOfDaysToRetain: 365 } },
}

const field = 'systemConfiguration.reportTimezone'

const refuseDeletion = (sent: Sent): void => {
  for (const name of ['auditLogConfiguration', 'loginRecordConfiguration'] as const)
    if (partOf(partOf(sent, name), 'delete').enabled === true)
      throw invalid([
        {
          where: 'body',
          name: `systemConfiguration.${name}.delete.enabled`,
          rule: 'range',
          message: 'How long events are kept is a setting of the server, ROLLCALL_RETENTION_DAYS; leave this false',
        },
      ])
}

/** GET, PUT and PATCH /system-configuration: the zone of a realm's reports. */
export const systemConfigurationRoutes = ({ http, context, callerOf }: RouteParts): void => {
  const { realms } = context.app
  const say = async ({ realm }: Caller) => ({
    systemConfiguration: { ...fixed, reportTimezone: await realms.zoneOf(realm) },
  })
  const change = (whole: boolean) => async (request: FastifyRequest) => {
    const caller = callerOf(request)
    const sent = neededPart(bodyOf(request.body), 'systemConfiguration')
    const zone = sent.reportTimezone ?? undefined
    if (zone === undefined && whole)
      throw invalid([{ where: 'body', name: field, rule: 'blank', message: `The [${field}] property is required` }])
    if (zone !== undefined && (typeof zone !== 'string' || !isZone(zone)))
      throw invalid([
        {
          where: 'body',
          name: field,
          rule: 'unknown',
          message: `The [${field}] property must be an IANA time zone such as America/Denver`,
        },
      ])
    refuseDeletion(sent)
    if (typeof zone === 'string') await realms.setZone(caller.principal, caller.realm, zone)
    return await say(caller)
  }
  http.get(
    '/system-configuration',
    { schema: { tags, summary: 'Show the configuration', response: { 200: Shape, ...refusals() } } },
    async (request) => say(callerOf(request)),
  )
  const schema = (summary: string) => ({ tags, summary, body: Shape, response: { 200: Shape, ...refusals(400, 413) } })
  http.put('/system-configuration', { schema: schema('Set the configuration') }, change(true))
  http.patch('/system-configuration', { schema: schema('Change the configuration') }, change(false))
}
