-- When a user, device or person did something first and last: last seen, latest login, first sight of a device,
-- current registrations. Read with min(first_ts) and max(latest), whose parts are time and event.
CREATE TABLE IF NOT EXISTS people (
  tenant_id LowCardinality(String),
  community_id LowCardinality(String),
  user_id String,
  login_id String,
  device_id String,
  person_id String,
  application LowCardinality(String),
  action LowCardinality(String),
  outcome LowCardinality(String),
  event_name LowCardinality(String),
  first_ts SimpleAggregateFunction(min, DateTime64(3, 'UTC')),
  latest SimpleAggregateFunction(max, Tuple(event_ts DateTime64(3, 'UTC'), event_id String)),
  INDEX by_device device_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_person person_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_login lowerUTF8(login_id) TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = AggregatingMergeTree
ORDER BY (tenant_id, community_id, user_id, login_id, device_id, person_id, application, action, outcome, event_name)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 10000

-- next statement
CREATE MATERIALIZED VIEW IF NOT EXISTS people_feed TO people AS
SELECT
  tenant_id, community_id, user_id, login_id, device_id, person_id, application, action, outcome, event_name,
  min(event_ts) AS first_ts,
  max(CAST((event_ts, event_id), 'Tuple(event_ts DateTime64(3, \'UTC\'), event_id String)')) AS latest
FROM events
WHERE user_id != '' OR device_id != '' OR person_id != ''
GROUP BY tenant_id, community_id, user_id, login_id, device_id, person_id, application, action, outcome, event_name
