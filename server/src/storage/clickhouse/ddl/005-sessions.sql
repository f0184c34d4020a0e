-- What happened in a session, per action and outcome: first, latest (time and event), and how often.
CREATE TABLE IF NOT EXISTS sessions (
  tenant_id LowCardinality(String),
  community_id LowCardinality(String),
  session_id String,
  action LowCardinality(String),
  outcome LowCardinality(String),
  first_ts SimpleAggregateFunction(min, DateTime64(3, 'UTC')),
  latest SimpleAggregateFunction(max, Tuple(event_ts DateTime64(3, 'UTC'), event_id String)),
  events SimpleAggregateFunction(sum, UInt64)
)
ENGINE = AggregatingMergeTree
ORDER BY (tenant_id, community_id, session_id, action, outcome)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 10000

-- next statement
CREATE MATERIALIZED VIEW IF NOT EXISTS sessions_feed TO sessions AS
SELECT
  tenant_id, community_id, session_id, action, outcome,
  min(event_ts) AS first_ts,
  max(CAST((event_ts, event_id), 'Tuple(event_ts DateTime64(3, \'UTC\'), event_id String)')) AS latest,
  count() AS events
FROM events
WHERE session_id != ''
GROUP BY tenant_id, community_id, session_id, action, outcome
