import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import { type Issue, invalid } from '../../../core/fault.ts'
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

/** What the vendor offers while nothing is deleted. */
const IDLE_DAYS = 365

/** For how long events are kept is the server's: told as it is, for login records and the audit log alike. */
const retentionOf = (days: number | undefined) => {
  const kept = { delete: { enabled: days !== undefined, numberOfDaysToRetain: days ?? IDLE_DAYS } }
  return { auditLogConfiguration: kept, loginRecordConfiguration: kept }
}

const field = 'systemConfiguration.reportTimezone'

/** What would keep events for another time than the server does is refused, so that nobody relies on it. */
const refuseRetention = (sent: Sent, days: number | undefined): void => {
  const issues: Issue[] = []
  const refuse = (name: string, is: string): void => {
    issues.push({
      where: 'body',
      name: `systemConfiguration.${name}`,
      rule: 'range',
      message: `How long events are kept is a setting of the server, ROLLCALL_RETENTION_DAYS; ${is}`,
    })
  }
  for (const [name, { delete: kept }] of Object.entries(retentionOf(days))) {
    const asked = partOf(partOf(sent, name), 'delete')
    for (const [member, value] of Object.entries(kept))
      if ((asked[member] ?? value) !== value) refuse(`${name}.delete.${member}`, `leave this ${value}`)
  }
  if ((partOf(sent, 'eventLogConfiguration').numberToRetain ?? null) !== null)
    refuse('eventLogConfiguration.numberToRetain', 'leave this out')
  if (issues.length > 0) throw invalid(issues)
}

/** GET, PUT and PATCH /system-configuration: the zone of a realm's reports. */
export const systemConfigurationRoutes = ({ http, context, callerOf }: RouteParts): void => {
  const { realms } = context.app
  const { retentionDays } = context
  const say = async ({ realm }: Caller) => ({
    systemConfiguration: { ...retentionOf(retentionDays), reportTimezone: await realms.zoneOf(realm) },
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
    refuseRetention(sent, retentionDays)
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
