/** What the directory calls the things of a kind, by their ids. */
const named = (database: string, where: string, kind: string): string =>
  `(SELECT id AS thing, if(display != '', display, name) AS shown, name, attributes FROM ${database}.directory FINAL
      WHERE ${where} AND kind = '${kind}' AND removed = 0)`

/**
 * States of sessions that may have started in a window: a start is the least `started_ts` of a session's states or else
 * the least `first_ts`, so that of each session that did at least one state says a time within it.
 * @param from @param to the window's ends, as SQL
 */
export const startedWithin = (database: string, where: string, from: string, to: string): string =>
  `session_id IN (SELECT session_id FROM ${database}.privileged_sessions
      WHERE ${where} AND first_ts <= ${to} AND last_ts >= ${from} AND (first_ts >= ${from} OR started_ts >= ${from}))`

/**
 * Privileged sessions as reports read them: one row each, folded from the states that the engine keeps, with what the
 * directory calls the things that they name (their id where it knows none). Texts that nothing says are empty;
 * `finished_at` and `duration` (seconds) are null while a session lives.
 * @param where the realm, as SQL
 * @param among which states are folded beside that, as SQL
 */
export const foldedSessions = (database: string, where: string, among = '1'): string => `(
    SELECT sessions.*, if(servers.shown != '', servers.shown, server_id) AS server, servers.name AS server_name,
           JSONExtractString(servers.attributes, 'address') AS server_address,
           if(accounts.shown != '', accounts.shown, account_id) AS account,
           if(safes.shown != '', safes.shown, safe_id) AS safe,
           if(listeners.shown != '', listeners.shown, listener_id) AS listener
    FROM (SELECT id, ifNull(started, first) AS created_at, if(end.3 = '', NULL, end.1) AS finished_at, last_event_at,
           if(end.3 = '', NULL,
              greatest(0, toUnixTimestamp64Milli(end.1) - toUnixTimestamp64Milli(created_at)) / 1000) AS duration,
           user_id, protocol, subprotocol, server_id, account_id, safe_id, listener_id, reason, retention_locked,
           arraySort(happened) AS happenings,
           arrayLast(one -> one.3 IN ('session.approved', 'session.declined'), happenings) AS decision,
           multiIf(decision.3 = 'session.approved', 'approved', decision.3 = 'session.declined', 'declined',
                   end.3 = 'session.terminated', 'terminated', end.3 != '', 'finished',
                   four_eyes = 'true', 'pending', 'active') AS status,
           if(decision.3 = 'session.approved', decision.4, '') AS approved_by,
           toUInt8(end.3 = '' AND status IN ('active', 'approved')) AS active,
           toUInt8(end.3 = 'session.terminated') AS terminated,
           toUInt8(arrayExists(one -> one.3 = 'session.shared', happenings)) AS shared
    FROM (
      SELECT session_id AS id, min(first_ts) AS first, max(last_ts) AS last_event_at, min(started_ts) AS started,
             max(ended) AS end, max(user).3 AS user_id, max(protocol).3 AS protocol, max(subprotocol).3 AS subprotocol,
             max(server).3 AS server_id, max(account).3 AS account_id, max(safe).3 AS safe_id,
             max(listener).3 AS listener_id, max(why).3 AS reason, max(locked).3 = 'true' AS retention_locked,
             max(four_eyes).3 AS four_eyes, groupUniqArrayArray(happenings) AS happened
      FROM (SELECT * FROM ${database}.privileged_sessions WHERE ${where} AND ${among}) GROUP BY session_id
    )) AS sessions
    LEFT JOIN ${named(database, where, 'server')} AS servers ON servers.thing = sessions.server_id
    LEFT JOIN ${named(database, where, 'account')} AS accounts ON accounts.thing = sessions.account_id
    LEFT JOIN ${named(database, where, 'safe')} AS safes ON safes.thing = sessions.safe_id
    LEFT JOIN ${named(database, where, 'listener')} AS listeners ON listeners.thing = sessions.listener_id)`

/** What a filter may look at. */
export const sessionColumns = [
  'id',
  'created_at',
  'finished_at',
  'last_event_at',
  'duration',
  'user_id',
  'protocol',
  'subprotocol',
  'server_id',
  'account_id',
  'safe_id',
  'listener_id',
  'server',
  'account',
  'safe',
  'listener',
  'reason',
  'retention_locked',
  'status',
  'approved_by',
  'active',
  'terminated',
  'shared',
] as const
