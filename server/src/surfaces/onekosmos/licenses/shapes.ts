import { Type } from 'typebox'

const text = (description: string) => Type.String({ description })
const optional = <T extends Parameters<typeof Type.Optional>[0]>(schema: T) => Type.Optional(schema)

const shared = {
  tag: text('The name under which the licence is authorised'),
  keyId: text('The id under which it is managed'),
  keySecret: text('The licence key itself, at least 16 characters'),
}

const note = {
  description: optional(text('A note')),
  modules: optional(Type.Record(Type.String(), Type.Unknown(), { description: 'Kept as it was sent' })),
}

export const Licence = Type.Object(
  {
    type: text("Always 'hawk'"),
    disabled: Type.Boolean(),
    expiry: text('When it ends, ISO 8601; a year from now where it never does'),
    authLevel: text('system, service, tenant or community'),
    ...shared,
    ...note,
  },
  { description: 'The licence as it is kept' },
)

export const NewLicence = Type.Object({
  ...shared,
  ...note,
  disabled: optional(Type.Boolean({ description: 'Not good for anything while true' })),
  expiry: optional(text('When it ends, ISO 8601 or epoch time; never unless said')),
  authLevel: optional(text('system, service, tenant or community; community unless said')),
})

export const Check = Type.Object(
  {
    isAuthorized: Type.Boolean({ description: 'Whether the licence is good for the community' }),
    type: text("Always 'hawk'"),
    disabled: Type.Boolean(),
    expiry: text('Until when, ISO 8601; a year from now where there is no end'),
    authLevel: text('system, service, tenant or community'),
    tag: text('The name of the licence'),
    keyId: text('The id of the licence'),
    communityId: text('The community that was asked for'),
  },
  { description: 'Whether it is good, and until when' },
)

export const Authorisation = Type.Object(
  {
    keyTag: text('The tag of the licence'),
    communityId: text('The id of the community'),
    communityName: optional(text('Only told back')),
    isAuthorized: optional(Type.Boolean({ description: 'true unless said' })),
    expiry: optional(text('Until when, ISO 8601 or epoch time; with the licence unless said')),
  },
  { description: 'The licence and its community' },
)
