/** Tables that the report user may read; each has `tenant_id` and `community_id`, and one row filter fits all. */
export const readableTables = [
  'events',
  'rollups',
  'first_times',
  'people',
  'registrations',
  'directory',
  'proofing',
  'privileged_sessions',
] as const satisfies readonly string[]

export type ReadableTable = (typeof readableTables)[number]
