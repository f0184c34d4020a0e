import type { Schema } from './operations.ts'

const deep = (levels: number): string => `${'{"a":['.repeat(levels)}1${']}'.repeat(levels)}`

/** Texts that break what is careless about them. */
export const texts: readonly string[] = [
  '',
  ' ',
  '\u0000',
  'a\u0007\u001b[31m\u007f',
  '\u202egnp.exe\u2028',
  "' OR 1=1 --",
  "') UNION ALL SELECT * FROM rollcall.events --",
  '`; DROP TABLE events',
  '{user_id:String}',
  '%00%ff%2e%2e%2f',
  '../../../etc/passwd',
  '\\',
  '__proto__',
  'constructor',
  'toString',
  '$where',
  '{{7*7}}#{7*7}',
  '=HYPERLINK("http://192.0.2.1")',
  '9'.repeat(400),
  '-1',
  '1e999',
  'NaN',
  '2024-02-30T25:61:61Z',
  '+275760-09-13T00:00:00.001Z',
  '00000000-0000-0000-0000-000000000000',
  '漢💥'.repeat(400),
  'x'.repeat(20_000),
]

/** Values of every type, and of wrong ones. */
export const values: readonly unknown[] = [
  ...texts,
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  Number.MAX_SAFE_INTEGER,
  9e15,
  [],
  {},
  [[[[]]]],
  [null],
  Array.from({ length: 2_000 }, (_, at) => at),
  { constructor: { prototype: { admin: true } } },
  JSON.parse('{"__proto__":{"admin":true}}'),
  JSON.parse(deep(60)),
  { $ne: null },
  { eq: { in: [{}] } },
]

/** Bodies that are no JSON object at all, or one that nobody means, as bytes. */
export const bodies: readonly (string | Buffer)[] = [
  '',
  ' ',
  'null',
  'true',
  '7',
  '"x"',
  '[]',
  '[null,[],7,"x"]',
  '{',
  '{"a":1,}',
  '{"a":1e999}',
  '{"a":"\\ud800"}',
  '{"a":1,"a":2}',
  '{"__proto__":{"a":1}}',
  '{"constructor":{"prototype":{"a":1}}}',
  '\u0000',
  deep(3_000),
  Buffer.from('{"name":"ünï"}', 'latin1'),
  Buffer.from('\ufeff{"name":"x"}', 'utf16le'),
  Buffer.from('{"\xff\xfe":1}', 'latin1'),
  `{"a":"${'x'.repeat(3_000_000)}"}`,
  `[${'{},'.repeat(200_000)}{}]`,
]

/** A value that a schema allows, with every member that it names. */
export const sample = (schema: Schema): unknown => {
  const { const: one, enum: some, anyOf, oneOf, allOf, type, properties, items, pattern, minLength, minimum } = schema
  if (one !== undefined) return one
  if (Array.isArray(some)) return some[0]
  for (const choice of [anyOf, oneOf, allOf]) if (Array.isArray(choice)) return sample(choice[0] as Schema)
  if (type === 'object')
    return Object.fromEntries(
      Object.entries((properties ?? {}) as Readonly<Record<string, Schema>>).map(([name, of]) => [name, sample(of)]),
    )
  if (type === 'array') return items === undefined ? [] : [sample(items as Schema)]
  if (type === 'integer' || type === 'number') return typeof minimum === 'number' ? minimum : 1
  if (type === 'boolean') return true
  if (type === 'null') return null
  if (typeof pattern === 'string' && pattern.includes('[0-5][0-9]')) return '06:00'
  return 'x'.repeat(typeof minLength === 'number' ? Math.max(1, minLength) : 1)
}

type Members = Readonly<Record<string, unknown>> | readonly unknown[]

const isMembers = (value: unknown): value is Members => typeof value === 'object' && value !== null

/** The places of a value, outermost first, as the names that lead to them. */
export const placesOf = (value: unknown, under: readonly string[] = []): readonly (readonly string[])[] =>
  isMembers(value)
    ? Object.entries(value).flatMap(([name, one]) => [[...under, name], ...placesOf(one, [...under, name])])
    : []

/** The value with another one at a place; with undefined, it is missing there. */
export const withAt = (value: unknown, [name, ...rest]: readonly string[], put: unknown): unknown => {
  if (name === undefined) return put
  if (Array.isArray(value)) return value.map((one, at) => (String(at) === name ? withAt(one, rest, put) : one))
  const members = value as Readonly<Record<string, unknown>>
  return { ...members, [name]: withAt(members[name], rest, put) }
}
