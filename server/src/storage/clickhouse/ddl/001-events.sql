-- Each event once, as it was sent (raw) and as the engine filters it (data). A retried row replaces its like.
-- Cast in one step: raw::JSON first would go through another JSON, which fails on 1e20 and the like.
CREATE TABLE IF NOT EXISTS events (
  tenant_id LowCardinality(String),
  community_id LowCardinality(String),
  seq UInt64,
  event_id String,
  dialect LowCardinality(String),
  event_name LowCardinality(String),
  action LowCardinality(String),
  outcome LowCardinality(String),
  category LowCardinality(String),
  kind LowCardinality(String),
  event_ts DateTime64(3, 'UTC'),
  received_ts DateTime64(3, 'UTC'),
  local_hour Int32,
  actor_type LowCardinality(String),
  actor_id String,
  user_id String,
  login_id String,
  person_id String,
  device_id String,
  session_id String,
  application LowCardinality(String),
  auth_method LowCardinality(String),
  auth_module LowCardinality(String),
  reason LowCardinality(String),
  object_type LowCardinality(String),
  object_id String,
  ip String,
  raw String CODEC(ZSTD(1)),
  data JSON(max_dynamic_paths = 256) MATERIALIZED CAST(raw, 'JSON(max_dynamic_paths = 256)'),
  INDEX by_seq seq TYPE minmax GRANULARITY 1,
  INDEX by_event event_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_user user_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_person person_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_device device_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_session session_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(event_ts)
ORDER BY (tenant_id, community_id, event_ts, event_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 10000
