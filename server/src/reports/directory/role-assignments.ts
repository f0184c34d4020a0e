import { Type } from 'typebox'
import { report } from '../../core/report.ts'
import { instant, text } from '../../core/table.ts'

const names = (description: string) => Type.Array(Type.String(), { default: [], maxItems: 1_000, description })

/**
 * Who has which role, with the latest login: an assignment to a group counts for its members. In the stream a user is
 * found by the name, else by the external id, else by the id (1Kosmos Reports v2.1, `role_assignment`).
 */
export const roleAssignments = report({
  id: 'role-assignments',
  title: 'Role assignments',
  about: 'Who has which role, since when, and when they logged in last.',
  reads: ['directory'],
  looksUp: ['people'],
  params: {
    roles: names('Only roles of these names; with `role_ids` left empty too, all roles'),
    role_ids: names('Only roles of these ids'),
  },
  columns: {
    role: text('Role'),
    role_id: text('Role id'),
    user_id: text('User', { opens: 'person' }),
    name: text('Name'),
    email: text('E-mail'),
    status: text('Status'),
    assigned_at: instant('Assigned'),
    latest_login: instant('Latest login').orNull(),
  },
  order: ['role', 'role_id', 'user_id', 'name', 'email', 'status', 'assigned_at'],
  sql: `
    WITH
      users AS (
        SELECT id, name, external_id, status,
          multiIf(display != '', display,
            JSONExtractString(attributes, 'name', 'formatted') != '', JSONExtractString(attributes, 'name', 'formatted'),
            trim(BOTH ' ' FROM concat(JSONExtractString(attributes, 'name', 'givenName'), ' ',
              JSONExtractString(attributes, 'name', 'familyName')))) AS shown,
          arraySort(e -> NOT JSONExtractBool(e, 'primary'), JSONExtractArrayRaw(attributes, 'emails')) AS emails,
          if(notEmpty(emails), JSONExtractString(emails[1], 'value'), JSONExtractString(attributes, 'email')) AS email
        FROM directory WHERE kind = 'user'),
      roles AS (SELECT id, if(display != '', display, name) AS shown FROM directory WHERE kind = 'role'),
      given AS (
        SELECT subject_kind, subject_id, object_id, name, created_ts FROM directory WHERE kind = 'role_assignment'),
      assigned AS (
        SELECT subject_id AS holder, object_id, name, created_ts FROM given WHERE subject_kind = 'user'
        UNION ALL
        SELECT m.subject_id AS holder, g.object_id, g.name, greatest(g.created_ts, m.created_ts) AS created_ts
        FROM (SELECT * FROM given WHERE subject_kind = 'group') AS g
        INNER JOIN (
          SELECT subject_id, object_id, created_ts FROM directory
          WHERE kind = 'membership' AND subject_kind = 'user') AS m ON m.object_id = g.subject_id),
      named AS (
        SELECT a.holder AS holder, a.object_id AS role_id, min(a.created_ts) AS assigned_at,
          multiIf(max(a.name) != '', max(a.name), any(r.shown) != '', any(r.shown), a.object_id) AS role
        FROM assigned AS a LEFT JOIN roles AS r ON r.id = a.object_id
        GROUP BY a.holder, a.object_id),
      logins AS (
        SELECT user_id, toNullable(tupleElement(max(latest), 1)) AS at FROM people
        WHERE action = 'login' AND outcome = 'success' GROUP BY user_id)
    SELECT n.role AS role, n.role_id AS role_id,
      multiIf(by_name.at IS NOT NULL, u.name, by_external.at IS NOT NULL, u.external_id,
        by_id.at IS NOT NULL, n.holder, u.name != '', u.name, n.holder) AS user_id,
      u.shown AS name, u.email AS email, u.status AS status, n.assigned_at AS assigned_at,
      coalesce(by_name.at, by_external.at, by_id.at) AS latest_login
    FROM named AS n
    LEFT JOIN users AS u ON u.id = n.holder
    LEFT JOIN logins AS by_name ON by_name.user_id = u.name
    LEFT JOIN logins AS by_external ON by_external.user_id = u.external_id
    LEFT JOIN logins AS by_id ON by_id.user_id = n.holder
    WHERE (empty({roles:Array(String)}) AND empty({role_ids:Array(String)}))
      OR has({roles:Array(String)}, n.role) OR has({role_ids:Array(String)}, n.role_id)`,
})
