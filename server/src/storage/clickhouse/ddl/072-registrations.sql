-- Who is registered, and who was: for each application that a registration names when it was made and withdrawn last,
-- and under an empty name when the user was made and deleted last. Few beside all that people did. Times with their
-- events, so that of two at one time one is the later.
CREATE TABLE IF NOT EXISTS registrations (
  tenant_id LowCardinality(String),
  community_id LowCardinality(String),
  application LowCardinality(String),
  user_id String,
  made SimpleAggregateFunction(max, Tuple(DateTime64(3, 'UTC'), String)),
  withdrawn SimpleAggregateFunction(max, Tuple(DateTime64(3, 'UTC'), String))
)
ENGINE = AggregatingMergeTree
ORDER BY (tenant_id, community_id, application, user_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 10000

-- next statement
CREATE MATERIALIZED VIEW IF NOT EXISTS registrations_feed TO registrations AS
SELECT
  tenant_id, community_id, registered AS application, user_id,
  max(if(ends, never, happened)) AS made,
  max(if(ends, happened, never)) AS withdrawn
FROM (
  SELECT
    tenant_id, community_id, user_id, tuple(event_ts, event_id) AS happened, tuple(toDateTime64(0, 3, 'UTC'), '') AS never,
    action IN ('registration.deleted', 'user.deleted') AS ends,
    arrayJoin(multiIf(
      action IN ('user.created', 'user.deleted'), [''],
      action = 'registration.deleted', arrayFilter(name -> name != '', [toString(application)]),
      arrayDistinct(['', toString(application)]))) AS registered
  FROM events
  WHERE user_id != '' AND outcome != 'failure'
    AND action IN ('user.created', 'user.onboarded', 'registration.created', 'registration.deleted', 'user.deleted')
)
GROUP BY tenant_id, community_id, registered, user_id

-- next statement
-- What was told before, as people have it, which never expires either.
INSERT INTO registrations (tenant_id, community_id, application, user_id, made, withdrawn)
SELECT
  tenant_id, community_id, registered AS application, user_id,
  max(if(ends, never, happened)) AS made,
  max(if(ends, happened, never)) AS withdrawn
FROM (
  SELECT
    tenant_id, community_id, user_id, tuple(latest.1, latest.2) AS happened, tuple(toDateTime64(0, 3, 'UTC'), '') AS never,
    action IN ('registration.deleted', 'user.deleted') AS ends,
    arrayJoin(multiIf(
      action IN ('user.created', 'user.deleted'), [''],
      action = 'registration.deleted', arrayFilter(name -> name != '', [toString(application)]),
      arrayDistinct(['', toString(application)]))) AS registered
  FROM people
  WHERE user_id != '' AND outcome != 'failure'
    AND action IN ('user.created', 'user.onboarded', 'registration.created', 'registration.deleted', 'user.deleted')
)
GROUP BY tenant_id, community_id, registered, user_id
