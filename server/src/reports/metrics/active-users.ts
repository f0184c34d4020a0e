import { Type } from 'typebox'
import { report } from '../../core/report.ts'
import { count } from '../../core/table.ts'
import { besideDays, cutOf, inDays } from '../counted.ts'

/** How many users logged in, each once, however often (1Kosmos Reports v2.1, metric `M_C_ACTIVE_USER`). */
export const activeUsers = report({
  id: 'active-users',
  title: 'Active users',
  about: 'How many different users logged in.',
  reads: ['rollups', 'events'],
  defaultSpan: 86_400_000,
  params: {
    auth_module: Type.String({
      default: '',
      maxLength: 8_192,
      description: 'Only logins by this module; empty for any',
    }),
  },
  derives: cutOf,
  columns: { users: count('Users') },
  order: ['-users'],
  sql: `
    SELECT uniqExactMerge(seen) AS users
    FROM (
      SELECT members AS seen FROM rollups
      WHERE subject = 'login' AND ${inDays} AND ({auth_module:String} = '' OR name = {auth_module:String})
      UNION ALL
      SELECT uniqExactState(sipHash64(user_id)) AS seen FROM events
      WHERE ${besideDays} AND action = 'login' AND outcome = 'success' AND user_id != ''
        AND ({auth_module:String} = '' OR auth_module = {auth_module:String})
    )`,
})
