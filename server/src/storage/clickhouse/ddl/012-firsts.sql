-- When something was told first, however late, often or in how many inserts it is told: the login of a session, over all
-- applications (name '') and for each that it names, and the sight of a device. An event without a session is one of its
-- own. Read with min(first): its time, and the user's hash.
CREATE TABLE IF NOT EXISTS firsts (
  tenant_id LowCardinality(String),
  community_id LowCardinality(String),
  subject LowCardinality(String),
  name LowCardinality(String),
  key UInt64,
  first SimpleAggregateFunction(min, Tuple(event_ts DateTime64(3, 'UTC'), user UInt64))
)
ENGINE = AggregatingMergeTree
PARTITION BY subject
ORDER BY (tenant_id, community_id, subject, name, key)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 10000

-- next statement
CREATE MATERIALIZED VIEW IF NOT EXISTS firsts_feed TO firsts AS
SELECT
  tenant_id, community_id,
  if(told = 'device', 'device', 'login') AS subject,
  if(told = 'application', application, '') AS name,
  multiIf(
    told = 'device', sipHash64(device_id),
    session_id = '', sipHash64('event', event_id),
    sipHash64('session', session_id)) AS key,
  min(CAST(
    (event_ts, if(told = 'device', 0, sipHash64(user_id))),
    'Tuple(event_ts DateTime64(3, \'UTC\'), user UInt64)')) AS first
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
GROUP BY tenant_id, community_id, subject, name, key
