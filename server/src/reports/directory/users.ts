import { report } from '../../core/report.ts'
import { instant, text } from '../../core/table.ts'

/** The users that there are (Fudo Enterprise, predefined report 16). */
export const users = report({
  id: 'users',
  title: 'User report',
  about: 'Users with role, status, creation, recent login, and who created them.',
  reads: ['directory_users'],
  params: {},
  columns: {
    id: text('User', { opens: 'person' }),
    name: text('Name'),
    display: text('Shown as'),
    role: text('Role'),
    status: text('Status'),
    created_at: instant('Created'),
    created_by: text('Created by'),
    last_login: instant('Recent login').orNull(),
  },
  order: ['name', 'id'],
  sql: `
    SELECT id, name, display, role, status, created_at, created_by, last_login
    FROM directory_users`,
})
