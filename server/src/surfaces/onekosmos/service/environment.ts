import { Type } from 'typebox'
import { CURVE } from '../../../core/envelope-keys.ts'
import { Fault } from '../../../core/fault.ts'
import type { Http, SurfaceContext } from '../../../http/surface.ts'
import { largestBody } from '../json-body.ts'
import { isOperator, plainLicence } from './operator-key.ts'
import { refusals } from './shapes.ts'
import { versionOf } from './version.ts'

const Environment = Type.Object(
  {
    EC_CURVE_NAME: Type.String({ description: 'The curve of all keys' }),
    allowed_time_span: Type.Integer({ description: "Seconds that a request's clock may differ" }),
    version: Type.Optional(Type.String({ description: 'Of this build; told to operators' })),
    profile: Type.Optional(Type.String({ description: 'documented or observed; told to operators' })),
    plain_bodies: Type.Optional(Type.Boolean({ description: 'Whether unencrypted bodies are taken' })),
    largest_body: Type.Optional(Type.Integer({ description: 'Bytes' })),
    largest_event: Type.Optional(Type.Integer({ description: 'Bytes' })),
  },
  { description: 'What clients need; more for operators' },
)

/** `GET /environment`: what a client must know, and more for the operator's licence, sent in the clear. */
export const environmentRoute = (
  { http, context }: { http: Http; context: SurfaceContext },
  path = '/environment',
): void => {
  const { app, onekosmos } = context
  const schema = {
    summary: 'Environment',
    description:
      'Settings that clients need. With a licence of system level or the infra key, in the clear, also those that operators ask for.',
    tags: ['Environment'],
    headers: Type.Object({ licensekey: Type.Optional(Type.String({ description: 'A licence key, in the clear' })) }),
    response: { 200: Environment, ...refusals(401, 403, 429, 503) },
  }
  http.get(path, { schema }, async (request) => {
    const known = { EC_CURVE_NAME: CURVE, allowed_time_span: onekosmos.allowedTimeSpan }
    const licence = plainLicence(request.headers)
    if (licence === undefined) return known
    if (!isOperator(await app.authenticate.licence(licence)))
      throw new Fault(
        'forbidden',
        { reason: 'level', need: 'system' },
        "This needs a licence of authLevel 'system' or the infra key; leave the header out for what everybody may know",
      )
    return {
      ...known,
      version: versionOf(context.build),
      profile: onekosmos.profile,
      plain_bodies: onekosmos.plain,
      largest_body: largestBody(context),
      largest_event: app.eventLimits.bytes,
    }
  })
}
