/** A realm's directory as it is now. */
const rows = (database: string, where: string): string =>
  `SELECT * FROM ${database}.directory FINAL WHERE ${where} AND removed = 0`

/**
 * The users of the directory, one row each, with the roles that they have, themselves or by a group, and when they were
 * last let in, as the stream tells.
 * @param where the realm, as SQL
 */
export const directoryUsers = (database: string, where: string): string => `(
    WITH rows AS (${rows(database, where)}),
      roles AS (
        SELECT has.subject_id AS user_id, if(role.name != '', role.name, has.object_id) AS role
        FROM (
          SELECT subject_id, object_id FROM rows WHERE kind = 'role_assignment' AND subject_kind = 'user'
          UNION DISTINCT
          SELECT member.subject_id, given.object_id
          FROM (SELECT * FROM rows WHERE kind = 'membership' AND subject_kind = 'user') AS member
          JOIN (SELECT * FROM rows WHERE kind = 'role_assignment' AND subject_kind = 'group') AS given
            ON given.subject_id = member.object_id
        ) AS has
        LEFT JOIN (SELECT id, name FROM rows WHERE kind = 'role') AS role ON role.id = has.object_id
      )
    SELECT users.id AS id, users.name AS name, users.display AS display, users.status AS status,
           arrayStringConcat(arraySort(given.roles), ', ') AS role, users.created_ts AS created_at,
           users.created_by AS created_by,
           if(seen.last_login = toDateTime64(0, 3, 'UTC'), NULL, seen.last_login) AS last_login
    FROM (SELECT * FROM rows WHERE kind = 'user') AS users
    LEFT JOIN (SELECT user_id, groupUniqArray(role) AS roles FROM roles GROUP BY user_id) AS given
      ON given.user_id = users.id
    LEFT JOIN (
      SELECT user_id, max(latest.1) AS last_login FROM ${database}.people
      WHERE ${where} AND user_id != '' AND (action = 'login.redirect' OR (action = 'login' AND outcome = 'success'))
      GROUP BY user_id
    ) AS seen ON seen.user_id = users.id)`

export const directoryUserColumns = [
  'id',
  'name',
  'display',
  'status',
  'role',
  'created_at',
  'created_by',
  'last_login',
] as const

/**
 * What each user may do with which object: by a grant of their own, of a group (or of one that holds it), or of a role.
 * @param where the realm, as SQL
 */
export const privileges = (database: string, where: string): string => `(
    WITH rows AS (${rows(database, where)}),
      direct AS (
        SELECT subject_id AS user_id, object_id AS group_id FROM rows WHERE kind = 'membership' AND subject_kind = 'user'
      ),
      groups AS (
        SELECT user_id, group_id FROM direct
        UNION DISTINCT
        SELECT direct.user_id, outer.object_id
        FROM direct
        JOIN (SELECT * FROM rows WHERE kind = 'membership' AND subject_kind = 'group') AS outer
          ON outer.subject_id = direct.group_id
      ),
      holders AS (
        SELECT subject_id AS user_id, 'user' AS kind, subject_id AS id FROM rows
        WHERE kind = 'grant' AND subject_kind = 'user'
        UNION DISTINCT
        SELECT user_id, 'group', group_id FROM groups
        UNION DISTINCT
        SELECT subject_id, 'role', object_id FROM rows WHERE kind = 'role_assignment' AND subject_kind = 'user'
        UNION DISTINCT
        SELECT groups.user_id, 'role', given.object_id
        FROM groups
        JOIN (SELECT * FROM rows WHERE kind = 'role_assignment' AND subject_kind = 'group') AS given
          ON given.subject_id = groups.group_id
      )
    SELECT holders.user_id AS user_id, given.relation AS privilege, given.object_kind AS object_type,
           given.object_id AS object_id, things.name AS object_name, holders.kind AS through, holders.id AS through_id
    FROM holders
    JOIN (SELECT * FROM rows WHERE kind = 'grant') AS given
      ON given.subject_kind = holders.kind AND given.subject_id = holders.id
    LEFT JOIN (SELECT kind, id, name FROM rows) AS things
      ON things.kind = given.object_kind AND things.id = given.object_id)`

export const privilegeColumns = [
  'user_id',
  'privilege',
  'object_type',
  'object_id',
  'object_name',
  'through',
  'through_id',
] as const
