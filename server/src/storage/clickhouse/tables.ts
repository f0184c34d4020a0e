/** Tables that the report user may read; each has `tenant_id` and `community_id`, and one row filter fits all. */
export const readableTables = [
  'events',
  'activity',
  'rollups',
  'first_times',
  'people',
  'registrations',
  'sessions',
  'directory',
  'proofing',
  'privileged_sessions',
] as const satisfies readonly string[]

export type ReadableTable = (typeof readableTables)[number]
