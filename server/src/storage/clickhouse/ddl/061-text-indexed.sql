-- Months of events whose text index was ordered: `changed` is when the month changed last at the time when the index was
-- found built, and 1970 until then.
CREATE TABLE IF NOT EXISTS text_indexed (month String, changed DateTime('UTC'), noted_ts DateTime64(3, 'UTC') DEFAULT now64(3))
ENGINE = ReplacingMergeTree(noted_ts) ORDER BY month SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
