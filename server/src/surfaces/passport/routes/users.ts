import { randomUUID } from 'node:crypto'
import { isIP } from 'node:net'
import Type from 'typebox'
import { saidOf } from '../../../app/directory/directory.ts'
import type { DirectoryObject } from '../../../core/directory.ts'
import { invalid } from '../../../core/fault.ts'
import type { Realm } from '../../../core/realm.ts'
import { uuidOf } from '../../../core/uuid.ts'
import { goneOf } from '../../../http/gone.ts'
import type { Caller } from '../auth.ts'
import { bodyOf, neededPart, partOf } from '../body.ts'
import { createKnownIds } from '../known.ts'
import { readParameters, type Sent } from '../parameters.ts'
import { findObject, makeObject, type Told, tellEvent, tellEvents, unknown, uuidIn, withoutRemoved } from '../people.ts'
import type { RouteParts } from '../route.ts'
import { refusals } from '../shapes.ts'

const tags = ['Users']
/** What is kept of a user; a password never is. */
const kept = [
  'email',
  'username',
  'firstName',
  'middleName',
  'lastName',
  'fullName',
  'mobilePhone',
  'timezone',
] as const

const User = Type.Object(
  {
    id: Type.String(),
    active: Type.Boolean(),
    insertInstant: Type.Optional(Type.Integer()),
    lastUpdateInstant: Type.Optional(Type.Integer()),
  },
  { additionalProperties: true },
)
const One = Type.Object({ user: User })
const Registration = Type.Object(
  { id: Type.String(), applicationId: Type.String(), insertInstant: Type.Integer() },
  { additionalProperties: true },
)
const done = { 200: { description: 'Done. No body.' } as never }

const sayUser = (realm: Realm, object: DirectoryObject) => {
  const { attributes } = saidOf(object)
  return {
    ...Object.fromEntries(
      kept.flatMap((name) => (typeof attributes[name] === 'string' ? [[name, attributes[name]]] : [])),
    ),
    ...(attributes.email === undefined && attributes.username === undefined ? { username: object.name } : {}),
    id: uuidOf(realm, object.id),
    active: object.status === 'active',
    insertInstant: object.createdAt,
    lastUpdateInstant: object.modifiedAt,
  }
}

/** Users and their registrations, enough to feed the stream; a change is an object of the directory and an event. */
export const userRoutes = ({ http, context, callerOf }: RouteParts): void => {
  const { app } = context
  const userOf = async (caller: Caller, id: string): Promise<DirectoryObject> => {
    const found = await findObject(app, caller, 'user', id)
    if (!found) throw unknown('user', id)
    return found
  }
  const known = createKnownIds(context)
  const loginOf = (user: DirectoryObject) => ({ user_id: user.id, login_id: user.name })

  /** Makes a user; `tell` is given what the stream is to hear of it. */
  const makeUser = async (
    caller: Caller,
    sent: Sent,
    id: string,
    tell: (told: Told) => Promise<void> = (told) => tellEvents(app, caller, [told]),
  ): Promise<DirectoryObject> => {
    const read = readParameters(sent, 'body')
    const attributes: Record<string, string> = {}
    for (const name of kept) {
      const value = read.text(name)
      if (value !== undefined) attributes[name] = value
    }
    const login = attributes.email ?? attributes.username
    const field = attributes.email === undefined ? 'user.username' : 'user.email'
    if (login === undefined && sent.email === undefined && sent.username === undefined)
      read.refuse('user.email', 'blank', 'You must specify either the [user.email] or [user.username] property')
    read.done()
    const display = attributes.fullName ?? [attributes.firstName, attributes.lastName].filter(Boolean).join(' ')
    return await makeObject(
      app,
      caller,
      { kind: 'user', id, said: { name: login ?? '', display, attributes } },
      field,
      () => tell(['user.create', { user_id: id, login_id: login ?? '' }, { user: { id, ...attributes } }]),
    )
  }

  for (const path of ['/user', '/user/:userId'])
    http.post(
      path,
      {
        schema: {
          tags,
          summary: 'Create a user',
          body: Type.Object({ user: Type.Object({}, { additionalProperties: true }) }, { additionalProperties: true }),
          response: { 200: One, ...refusals(400, 413) },
        },
      },
      async (request) => {
        const caller = callerOf(request)
        const sent = neededPart(bodyOf(request.body), 'user')
        const id = path.endsWith('Id') ? uuidIn(request.params, 'userId') : randomUUID()
        return { user: sayUser(caller.realm, await makeUser(caller, sent, id)) }
      },
    )

  http.get(
    '/user/:userId',
    { schema: { tags, summary: 'Show a user', response: { 200: One, ...refusals(400, 404) } } },
    async (request) => {
      const caller = callerOf(request)
      return { user: sayUser(caller.realm, await userOf(caller, uuidIn(request.params, 'userId'))) }
    },
  )

  http.get(
    '/user',
    {
      schema: {
        tags,
        summary: 'Find a user by what it logs in with',
        querystring: Type.Object({
          loginId: Type.Optional(Type.String()),
          email: Type.Optional(Type.String()),
          username: Type.Optional(Type.String()),
        }),
        response: { 200: One, ...refusals(400, 404) },
      },
    },
    async (request) => {
      const caller = callerOf(request)
      const read = readParameters(request.query as Sent)
      const name = read.text('loginId') ?? read.text('email') ?? read.text('username')
      if (name === undefined) read.refuse('loginId', 'required', 'The [loginId] parameter is required')
      read.done()
      const [user] = await app.directory.list(caller.principal, caller.realm, 'user', {
        where: { name: name ?? '' },
        limit: 1,
      })
      if (!user) throw unknown('user', name ?? '')
      return { user: sayUser(caller.realm, user) }
    },
  )

  http.delete(
    '/user/:userId',
    {
      schema: {
        tags,
        summary: 'Deactivate a user, or with hardDelete remove it',
        querystring: Type.Object({ hardDelete: Type.Optional(Type.String()) }),
        response: { ...done, ...refusals(400, 404) },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request)
      const user = await userOf(caller, uuidIn(request.params, 'userId'))
      const hard = (request.query as Record<string, unknown>).hardDelete === 'true'
      await tellEvent(app, caller, hard ? 'user.delete' : 'user.deactivate', loginOf(user), {
        user: { id: user.id, username: user.name },
      })
      if (hard) await app.directory.remove(caller.principal, caller.realm, 'user', user.id)
      else
        await app.directory.put(caller.principal, caller.realm, {
          kind: 'user',
          id: user.id,
          said: { ...saidOf(user), status: 'inactive' },
        })
      return reply.send()
    },
  )

  const applicationOf = async (caller: Caller, id: string): Promise<DirectoryObject> => {
    const found = await findObject(app, caller, 'application', id)
    if (found) return found
    throw invalid([
      {
        where: 'body',
        name: 'registration.applicationId',
        rule: 'unknown',
        message: `The [registration.applicationId] property is not valid. No application exists with Id [${id}].`,
      },
    ])
  }

  for (const path of ['/user/registration', '/user/registration/:userId'])
    http.post(
      path,
      {
        schema: {
          tags,
          summary: 'Register a user for an application; with `user`, make it first',
          body: Type.Object(
            {
              registration: Type.Object({ applicationId: Type.String() }, { additionalProperties: true }),
              user: Type.Optional(Type.Object({}, { additionalProperties: true })),
            },
            { additionalProperties: true },
          ),
          response: {
            200: Type.Object({ registration: Registration, user: Type.Optional(User) }),
            ...refusals(400, 404, 413),
          },
        },
      },
      async (request) => {
        const caller = callerOf(request)
        const body = bodyOf(request.body)
        const read = readParameters(neededPart(body, 'registration'), 'body')
        const applicationId = read.uuid('applicationId')
        const id = read.uuid('id') ?? randomUUID()
        if ((partOf(body, 'registration').applicationId ?? '') === '')
          read.refuse('registration.applicationId', 'required', 'The [registration.applicationId] property is required')
        read.done()
        const application = await applicationOf(caller, applicationId ?? '')
        const named = path.endsWith('Id') ? uuidIn(request.params, 'userId') : undefined
        const first: Told[] = []
        const user = body.user
          ? await makeUser(caller, neededPart(body, 'user'), named ?? randomUUID(), async (told) => {
              first.push(told)
            })
          : await userOf(caller, named ?? '')
        const register = () =>
          makeObject(
            app,
            caller,
            {
              kind: 'registration',
              id,
              said: { subject: { kind: 'user', id: user.id }, object: { kind: 'application', id: application.id } },
            },
            'registration.applicationId',
            () =>
              tellEvents(app, caller, [
                ...first,
                [
                  'user.registration.create',
                  { ...loginOf(user), application: application.id },
                  { applicationId: application.id, registration: { id }, user: { id: user.id } },
                ],
              ]),
          )
        // A user that was made for this registration does not stay without it.
        const registration = await register().catch(async (error: unknown) => {
          if (body.user) await app.directory.remove(caller.principal, caller.realm, 'user', user.id)
          throw error
        })
        return {
          registration: {
            id,
            applicationId: uuidOf(caller.realm, application.id),
            insertInstant: registration.createdAt,
          },
          ...(body.user ? { user: sayUser(caller.realm, user) } : {}),
        }
      },
    )

  http.delete(
    '/user/registration/:userId/:applicationId',
    { schema: { tags, summary: 'Delete a registration', response: { ...done, ...refusals(400, 404) } } },
    async (request, reply) => {
      const caller = callerOf(request)
      const user = await userOf(caller, uuidIn(request.params, 'userId'))
      const applicationId = uuidIn(request.params, 'applicationId')
      const application = await findObject(app, caller, 'application', applicationId)
      const [registration] = application
        ? await app.directory.list(caller.principal, caller.realm, 'registration', {
            where: { subjectId: user.id, objectKind: 'application', objectId: application.id },
            limit: 1,
          })
        : []
      if (!application || !registration) throw unknown('registration', applicationId)
      await tellEvent(
        app,
        caller,
        'user.registration.delete',
        { ...loginOf(user), application: application.id },
        {
          applicationId: application.id,
          registration: { id: registration.id },
          user: { id: user.id },
        },
      )
      await app.directory.remove(caller.principal, caller.realm, 'registration', registration.id)
      return reply.send()
    },
  )

  for (const path of ['/login/:userId', '/login/:userId/:applicationId'])
    http.put(
      path,
      {
        schema: {
          tags,
          summary: 'Tell of a login that happened elsewhere',
          querystring: Type.Object({ ipAddress: Type.Optional(Type.String()) }),
          response: { 200: One, ...refusals(400, 404) },
        },
      },
      async (request, reply) => {
        const caller = callerOf(request)
        const read = readParameters(request.query as Sent)
        const ip = read.text('ipAddress')
        if (ip !== undefined && isIP(ip) === 0)
          read.refuse('ipAddress', 'format', `Invalid ipAddress [${ip}]. This must be an IP address.`)
        read.done()
        const gone = goneOf(reply)
        const userId = uuidIn(request.params, 'userId')
        const applicationId = path.endsWith('applicationId') ? uuidIn(request.params, 'applicationId') : undefined
        const user = await findObject(app, caller, 'user', userId)
        // Whom and what only events named is known as well.
        const [told] = user
          ? [user.id]
          : await withoutRemoved(app, caller, 'user', await known.users(caller, userId, gone))
        if (told === undefined) throw unknown('user', userId)
        const application =
          applicationId === undefined
            ? undefined
            : ((await findObject(app, caller, 'application', applicationId))?.id ??
              (await known.applications(caller, applicationId, gone))[0])
        await tellEvent(
          app,
          caller,
          'user.login.success',
          {
            ...(user ? loginOf(user) : { user_id: told }),
            ...(application === undefined ? {} : { application }),
            ip: ip ?? request.ip,
          },
          {
            user: { id: told },
            ...(application === undefined ? {} : { applicationId: application }),
            ipAddress: ip ?? request.ip,
          },
        )
        return { user: user ? sayUser(caller.realm, user) : { id: userId, active: true } }
      },
    )
}
