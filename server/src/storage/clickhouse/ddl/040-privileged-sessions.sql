-- What became of each privileged session, kept current from its events by the engine alone. Every state is a minimum, a
-- maximum or a set of what the events say with their times and ids, so that late, repeated and swapped events end in the
-- same row. Three parts are the time, the event and the text of the latest event that says it.
CREATE TABLE IF NOT EXISTS privileged_sessions (
  tenant_id LowCardinality(String),
  community_id LowCardinality(String),
  session_id String,
  first_ts SimpleAggregateFunction(min, DateTime64(3, 'UTC')),
  last_ts SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
  started_ts SimpleAggregateFunction(min, Nullable(DateTime64(3, 'UTC'))),
  -- The last part is the action.
  ended SimpleAggregateFunction(max, Tuple(DateTime64(3, 'UTC'), String, String)),
  user SimpleAggregateFunction(max, Tuple(DateTime64(3, 'UTC'), String, String)),
  protocol SimpleAggregateFunction(max, Tuple(DateTime64(3, 'UTC'), String, String)),
  subprotocol SimpleAggregateFunction(max, Tuple(DateTime64(3, 'UTC'), String, String)),
  server SimpleAggregateFunction(max, Tuple(DateTime64(3, 'UTC'), String, String)),
  account SimpleAggregateFunction(max, Tuple(DateTime64(3, 'UTC'), String, String)),
  safe SimpleAggregateFunction(max, Tuple(DateTime64(3, 'UTC'), String, String)),
  listener SimpleAggregateFunction(max, Tuple(DateTime64(3, 'UTC'), String, String)),
  locked SimpleAggregateFunction(max, Tuple(DateTime64(3, 'UTC'), String, String)),
  four_eyes SimpleAggregateFunction(max, Tuple(DateTime64(3, 'UTC'), String, String)),
  why SimpleAggregateFunction(max, Tuple(DateTime64(3, 'UTC'), String, String)),
  -- Decisions, shares and joins: time, event, action, who did it, and with whom it was shared.
  happenings SimpleAggregateFunction(
    groupUniqArrayArray, Array(Tuple(DateTime64(3, 'UTC'), String, String, String, String)))
)
ENGINE = AggregatingMergeTree
ORDER BY (tenant_id, community_id, session_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 10000

-- next statement
-- The filter is on one small column, and of an event that it leaves out nothing is parsed.
CREATE MATERIALIZED VIEW IF NOT EXISTS privileged_sessions_feed TO privileged_sessions AS
WITH
  JSONExtract(raw, 'Tuple(protocol String, subprotocol String, server_id String, account_id String, safe_id String, listener_id String, retention_locked String, approval_required String, shared_with String)') AS said,
  tuple(toDateTime64(0, 3, 'UTC'), '', '') AS nothing
SELECT
  tenant_id, community_id, session_id,
  min(event_ts) AS first_ts,
  max(event_ts) AS last_ts,
  minOrNullIf(event_ts, action = 'session.started') AS started_ts,
  max(if(action IN ('session.finished', 'session.terminated'), tuple(event_ts, event_id, toString(action)), nothing))
    AS ended,
  max(if(user_id != '', tuple(event_ts, event_id, user_id), nothing)) AS user,
  max(if(toString(reason) != '', tuple(event_ts, event_id, toString(reason)), nothing)) AS why,
  max(if(lowerUTF8(said.protocol) != '', tuple(event_ts, event_id, lowerUTF8(said.protocol)), nothing)) AS protocol,
  max(if(lowerUTF8(said.subprotocol) != '', tuple(event_ts, event_id, lowerUTF8(said.subprotocol)), nothing)) AS subprotocol,
  max(if(said.server_id != '', tuple(event_ts, event_id, said.server_id), nothing)) AS server,
  max(if(said.account_id != '', tuple(event_ts, event_id, said.account_id), nothing)) AS account,
  max(if(said.safe_id != '', tuple(event_ts, event_id, said.safe_id), nothing)) AS safe,
  max(if(said.listener_id != '', tuple(event_ts, event_id, said.listener_id), nothing)) AS listener,
  max(if(said.retention_locked != '', tuple(event_ts, event_id, said.retention_locked), nothing)) AS locked,
  max(if(said.approval_required != '', tuple(event_ts, event_id, said.approval_required), nothing)) AS four_eyes,
  groupUniqArrayIf(
    tuple(event_ts, event_id, toString(action), actor_id, said.shared_with),
    action IN ('session.approved', 'session.declined', 'session.shared', 'session.joined')) AS happenings
FROM events
WHERE session_id != '' AND action IN (
  'session.started', 'session.finished', 'session.approved', 'session.declined', 'session.shared', 'session.joined',
  'session.terminated')
GROUP BY tenant_id, community_id, session_id
