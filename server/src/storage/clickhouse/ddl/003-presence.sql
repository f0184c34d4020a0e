-- Who was there: the distinct users of a day on the realm's wall clock. Read with uniqExactMerge(users).
CREATE TABLE IF NOT EXISTS presence (
  tenant_id LowCardinality(String),
  community_id LowCardinality(String),
  day Date32,
  action LowCardinality(String),
  application LowCardinality(String),
  users AggregateFunction(uniqExact, UInt64)
)
ENGINE = AggregatingMergeTree
ORDER BY (tenant_id, community_id, day, action, application)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 10000

-- next statement
CREATE MATERIALIZED VIEW IF NOT EXISTS presence_feed TO presence AS
SELECT
  tenant_id, community_id,
  addDays(toDate32('1970-01-01'), intDiv(local_hour - positiveModulo(local_hour, 24), 24)) AS day,
  action, application,
  uniqExactState(sipHash64(user_id)) AS users
FROM events
WHERE user_id != '' AND (action IN ('login.redirect', 'factor.verified') OR (action = 'login' AND outcome = 'success'))
GROUP BY tenant_id, community_id, day, action, application
