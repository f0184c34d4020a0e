-- How many events of a kind, per quarter hour in UTC.
CREATE TABLE IF NOT EXISTS activity (
  tenant_id LowCardinality(String),
  community_id LowCardinality(String),
  quarter DateTime64(3, 'UTC'),
  event_name LowCardinality(String),
  action LowCardinality(String),
  outcome LowCardinality(String),
  category LowCardinality(String),
  application LowCardinality(String),
  auth_method LowCardinality(String),
  auth_module LowCardinality(String),
  reason LowCardinality(String),
  events UInt64
)
ENGINE = SummingMergeTree(events)
ORDER BY (
  tenant_id, community_id, quarter, event_name, action, outcome, category, application, auth_method,
  auth_module, reason
)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 10000

-- next statement
CREATE MATERIALIZED VIEW IF NOT EXISTS activity_feed TO activity AS
SELECT
  tenant_id, community_id,
  fromUnixTimestamp64Milli(
    toUnixTimestamp64Milli(event_ts) - positiveModulo(toUnixTimestamp64Milli(event_ts), 900000), 'UTC') AS quarter,
  event_name, action, outcome, category, application, auth_method, auth_module, reason,
  count() AS events
FROM events
GROUP BY
  tenant_id, community_id, quarter, event_name, action, outcome, category, application, auth_method,
  auth_module, reason
