import { randomUUID } from 'node:crypto'
import Type from 'typebox'
import { saidOf } from '../../../app/directory/directory.ts'
import type { DirectoryObject } from '../../../core/directory.ts'
import type { Realm } from '../../../core/realm.ts'
import { uuidOf } from '../../../core/uuid.ts'
import { goneOf } from '../../../http/gone.ts'
import type { Caller } from '../auth.ts'
import { bodyOf, neededPart } from '../body.ts'
import { readParameters } from '../parameters.ts'
import { everyObject, findObject, makeObject, tellEvent, unknown, uuidIn, withoutRemoved } from '../people.ts'
import type { RouteParts } from '../route.ts'
import { refusals } from '../shapes.ts'

const tags = ['Applications']

const Application = Type.Object({
  id: Type.String({ description: 'A UUID: the id itself, or the version 5 of the realm and an id that is none.' }),
  name: Type.String(),
  active: Type.Boolean(),
  state: Type.String(),
  insertInstant: Type.Optional(Type.Integer()),
  lastUpdateInstant: Type.Optional(Type.Integer()),
})
const One = Type.Object({ application: Application })

const say = (realm: Realm, object: DirectoryObject) => ({
  id: uuidOf(realm, object.id),
  name: object.name || object.display || object.id,
  active: object.status === 'active',
  state: object.status === 'active' ? 'Active' : 'Inactive',
  insertInstant: object.createdAt,
  lastUpdateInstant: object.modifiedAt,
})

/** Applications: made, listed, shown and removed; those that only events named are listed too. */
export const applicationRoutes = ({ http, context, callerOf }: RouteParts): void => {
  const { app } = context
  const named = async (caller: Caller, signal: AbortSignal): Promise<readonly string[]> => {
    const report = app.reports.get('applications')
    if (!report) return []
    const { rows } = await app.runReport(caller.principal, caller.realm, report, {
      page: { skip: 0, size: 10_000 },
      total: false,
      signal,
    })
    return await withoutRemoved(
      app,
      caller,
      'application',
      rows.map((row) => String(row.application)),
    )
  }
  const all = async (caller: Caller, signal: AbortSignal) => {
    const found = new Map<
      string,
      ReturnType<typeof say> | { id: string; name: string; active: boolean; state: string }
    >()
    for (const name of await named(caller, signal)) {
      const id = uuidOf(caller.realm, name)
      found.set(id, { id, name, active: true, state: 'Active' })
    }
    for await (const object of everyObject(app, caller, 'application')) {
      const said = say(caller.realm, object)
      found.set(said.id, said)
    }
    return [...found.values()]
  }

  for (const path of ['/application', '/application/:applicationId'])
    http.post(
      path,
      {
        schema: {
          tags,
          summary: 'Create an application',
          body: Type.Object({ application: Type.Object({ name: Type.String() }, { additionalProperties: true }) }),
          response: { 200: One, ...refusals(400, 413) },
        },
      },
      async (request) => {
        const caller = callerOf(request)
        const sent = neededPart(bodyOf(request.body), 'application')
        const id = path.endsWith('Id') ? uuidIn(request.params, 'applicationId') : randomUUID()
        const read = readParameters(sent, 'body')
        const name = read.text('name')
        if (name === undefined && sent.name === undefined)
          read.refuse('application.name', 'blank', 'The [application.name] property is required')
        read.done()
        const object = await makeObject(
          app,
          caller,
          { kind: 'application', id, said: { name: name ?? '' } },
          'application.id',
          () =>
            tellEvent(
              app,
              caller,
              'application.create',
              { application: id, object_type: 'application', object_id: id },
              {
                application: { id, name },
              },
            ),
        )
        return { application: say(caller.realm, object) }
      },
    )

  http.get(
    '/application',
    {
      schema: {
        tags,
        summary: 'List applications, those too that only events named',
        response: { 200: Type.Object({ applications: Type.Array(Application) }), ...refusals() },
      },
    },
    async (request, reply) => ({ applications: await all(callerOf(request), goneOf(reply)) }),
  )

  http.get(
    '/application/:applicationId',
    { schema: { tags, summary: 'Show an application', response: { 200: One, ...refusals(400, 404) } } },
    async (request, reply) => {
      const caller = callerOf(request)
      const id = uuidIn(request.params, 'applicationId')
      const application = (await all(caller, goneOf(reply))).find((one) => one.id === id)
      if (!application) throw unknown('application', id)
      return { application }
    },
  )

  http.delete(
    '/application/:applicationId',
    {
      schema: {
        tags,
        summary: 'Deactivate an application, or with hardDelete remove it',
        querystring: Type.Object({ hardDelete: Type.Optional(Type.String()) }),
        response: { 200: { description: 'Done. No body.' } as never, ...refusals(400, 404) },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request)
      const id = uuidIn(request.params, 'applicationId')
      const object = await findObject(app, caller, 'application', id)
      if (!object) throw unknown('application', id)
      const hard = (request.query as Record<string, unknown>).hardDelete === 'true'
      await tellEvent(
        app,
        caller,
        hard ? 'application.delete' : 'application.deactivate',
        { application: object.id, object_type: 'application', object_id: object.id },
        { application: { id, name: object.name } },
      )
      if (hard) await app.directory.remove(caller.principal, caller.realm, 'application', object.id)
      else
        await app.directory.put(caller.principal, caller.realm, {
          kind: 'application',
          id: object.id,
          said: { ...saidOf(object), status: 'inactive' },
        })
      return reply.send()
    },
  )
}
