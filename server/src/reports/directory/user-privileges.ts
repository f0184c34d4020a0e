import { report } from '../../core/report.ts'
import { text } from '../../core/table.ts'

/** Users and the objects that they may edit (Fudo Enterprise, predefined report 15). */
export const userPrivileges = report({
  id: 'user-privileges',
  title: 'User privilege report',
  about: 'Which objects each user may edit, and by which grant: of their own, of a group, or of a role.',
  reads: ['privileges'],
  params: {},
  columns: {
    user_id: text('User', { opens: 'person' }),
    object_type: text('Kind of object'),
    object_id: text('Object'),
    object_name: text('Name'),
    through: text('Granted to'),
    through_id: text('Which'),
  },
  order: ['user_id', 'object_type', 'object_id', 'through', 'through_id'],
  sql: `
    SELECT user_id, object_type, object_id, object_name, through, through_id
    FROM privileges
    WHERE privilege = 'edit'`,
})
