/** One attribute as RFC 7643 describes it (section 7); what is left out is the RFC's default. */
export interface Attribute {
  readonly name: string
  readonly type: 'string' | 'boolean' | 'dateTime' | 'reference' | 'binary' | 'complex'
  readonly description: string
  readonly multiValued: boolean
  readonly required: boolean
  readonly caseExact: boolean
  readonly mutability: 'readWrite' | 'readOnly' | 'immutable' | 'writeOnly'
  readonly returned: 'always' | 'default' | 'never'
  readonly uniqueness: 'none' | 'server'
  readonly canonicalValues?: readonly string[]
  readonly referenceTypes?: readonly string[]
  readonly subAttributes?: readonly Attribute[]
}

export interface Schema {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly attributes: readonly Attribute[]
}

type Rest = Partial<Omit<Attribute, 'name' | 'description'>>

export const attribute = (name: string, description: string, rest: Rest = {}): Attribute => ({
  name,
  type: 'string',
  description,
  multiValued: false,
  required: false,
  caseExact: false,
  mutability: 'readWrite',
  returned: 'default',
  uniqueness: 'none',
  ...rest,
})

/** A list of values with a type each, as many attributes of a user are. */
export const values = (
  name: string,
  description: string,
  value: Rest = {},
  canonicalValues?: readonly string[],
): Attribute =>
  attribute(name, description, {
    type: 'complex',
    multiValued: true,
    subAttributes: [
      attribute('value', 'The value.', value),
      attribute('display', 'How people read it.'),
      attribute('type', 'What kind of value it is.', canonicalValues ? { canonicalValues } : {}),
      attribute('primary', 'Whether it is the preferred one.', { type: 'boolean' }),
    ],
  })

/** Attributes that every resource has beside those of its schema. */
export const commonAttributes: readonly Attribute[] = [
  attribute('schemas', 'The schemas of the resource.', {
    type: 'reference',
    multiValued: true,
    returned: 'always',
    mutability: 'readOnly',
    caseExact: true,
  }),
  attribute('id', 'The identifier that the server gave.', {
    caseExact: true,
    mutability: 'readOnly',
    returned: 'always',
    uniqueness: 'server',
  }),
  attribute('externalId', 'What the client calls it.', { caseExact: true }),
  attribute('meta', 'What the server knows of the resource.', {
    type: 'complex',
    mutability: 'readOnly',
    subAttributes: [
      attribute('resourceType', 'What it is.', { mutability: 'readOnly', caseExact: true }),
      attribute('created', 'When it was made.', { type: 'dateTime', mutability: 'readOnly' }),
      attribute('lastModified', 'When it was last changed.', { type: 'dateTime', mutability: 'readOnly' }),
      attribute('location', 'Its address.', { type: 'reference', mutability: 'readOnly', caseExact: true }),
      attribute('version', 'Its version, as in the ETag.', { mutability: 'readOnly', caseExact: true }),
    ],
  }),
]

/** The attribute of a name, which heeds no case (RFC 7643, section 2.1). */
export const findAttribute = (attributes: readonly Attribute[], name: string): Attribute | undefined => {
  const folded = name.toLowerCase()
  return attributes.find((one) => one.name.toLowerCase() === folded)
}
