-- When something was told first, however late, often or in how many inserts it is told: the login of a session, over all
-- applications (name '') and for each that it names, and the sight of a device. An event without a session is one of its
-- own. By user before session, so that a question about one user reads that user's rows alone; a session that two users
-- told has a row for each. Read with min(first).
CREATE TABLE IF NOT EXISTS first_times (
  tenant_id LowCardinality(String),
  community_id LowCardinality(String),
  subject LowCardinality(String),
  name LowCardinality(String),
  user UInt64,
  key UInt64,
  first SimpleAggregateFunction(min, DateTime64(3, 'UTC'))
)
ENGINE = AggregatingMergeTree
PARTITION BY subject
ORDER BY (tenant_id, community_id, subject, name, user, key)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 10000

-- next statement
CREATE MATERIALIZED VIEW IF NOT EXISTS first_times_feed TO first_times AS
SELECT
  tenant_id, community_id,
  if(told = 'device', 'device', 'login') AS subject,
  if(told = 'application', application, '') AS name,
  if(told = 'device', 0, sipHash64(user_id)) AS user,
  multiIf(
    told = 'device', sipHash64(device_id),
    session_id = '', sipHash64('event', event_id),
    sipHash64('session', session_id)) AS key,
  min(event_ts) AS first
FROM (
  SELECT
    tenant_id, community_id, application, device_id, session_id, event_id, user_id, event_ts,
    arrayJoin(arrayConcat(
      if(device_id = '', [], ['device']),
      if(action = 'login' AND outcome = 'success', ['all'], []),
      if(application != '' AND (action = 'login' AND outcome = 'success' OR action = 'login.redirect' AND outcome != 'failure'),
        ['application'], []))) AS told
  FROM events
)
GROUP BY tenant_id, community_id, subject, name, user, key

-- next statement
INSERT INTO first_times (tenant_id, community_id, subject, name, user, key, first)
SELECT tenant_id, community_id, subject, name, first.2, key, first.1 FROM firsts

-- next statement
DROP VIEW IF EXISTS firsts_feed
