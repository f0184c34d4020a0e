-- What the events of an identity verification say of its session, a row for each: few, and read by session. The fold to
-- one row is the report's; it counts an event that is here twice once, since it only asks what was first and last.
CREATE TABLE IF NOT EXISTS proofing (
  tenant_id LowCardinality(String),
  community_id LowCardinality(String),
  session_id String,
  event_ts DateTime64(3, 'UTC'),
  event_id String,
  action LowCardinality(String),
  status LowCardinality(String),
  document_type LowCardinality(String),
  user_name String,
  first_name String,
  last_name String,
  created String,
  expires String
)
ENGINE = ReplacingMergeTree
ORDER BY (tenant_id, community_id, session_id, event_ts, event_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 10000

-- next statement
CREATE MATERIALIZED VIEW IF NOT EXISTS proofing_feed TO proofing AS
SELECT
  tenant_id, community_id,
  multiIf(session_id != '', session_id,
    JSONExtractString(raw, 'SessionInfo', 'id') != '', JSONExtractString(raw, 'SessionInfo', 'id'),
    JSONExtractString(raw, 'SessionInfo', '_id')) AS session_id,
  event_ts, event_id, action,
  upper(if(JSONExtractString(raw, 'SessionInfo', 'status') != '', JSONExtractString(raw, 'SessionInfo', 'status'),
    JSONExtractString(raw, 'status'))) AS status,
  JSONExtractString(raw, 'SessionInfo', 'documentType') AS document_type,
  if(JSONExtractString(raw, 'SessionInfo', 'user', 'username') != '',
    JSONExtractString(raw, 'SessionInfo', 'user', 'username'), user_id) AS user_name,
  JSONExtractString(raw, 'SessionInfo', 'user', 'firstname') AS first_name,
  if(JSONExtractString(raw, 'SessionInfo', 'user', 'Lastname') != '',
    JSONExtractString(raw, 'SessionInfo', 'user', 'Lastname'),
    JSONExtractString(raw, 'SessionInfo', 'user', 'lastname')) AS last_name,
  trim(BOTH '"' FROM JSONExtractRaw(raw, 'SessionInfo', 'createdTS')) AS created,
  trim(BOTH '"' FROM JSONExtractRaw(raw, 'SessionInfo', 'expiryTS')) AS expires
FROM events
WHERE startsWith(action, 'proofing.')
