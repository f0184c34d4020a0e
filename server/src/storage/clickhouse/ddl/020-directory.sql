-- The directory as the control store has it: the latest version of each object counts, so it is read with FINAL.
CREATE TABLE IF NOT EXISTS directory (
  tenant_id LowCardinality(String),
  community_id LowCardinality(String),
  kind LowCardinality(String),
  id String,
  external_id String,
  name String,
  display String,
  status LowCardinality(String),
  subject_kind LowCardinality(String),
  subject_id String,
  object_kind LowCardinality(String),
  object_id String,
  relation LowCardinality(String),
  attributes String CODEC(ZSTD(1)),
  created_ts DateTime64(3, 'UTC'),
  created_by String,
  modified_ts DateTime64(3, 'UTC'),
  version UInt64,
  removed UInt8
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (tenant_id, community_id, kind, id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 10000
