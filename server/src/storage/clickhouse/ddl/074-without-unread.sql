-- No report reads them: counts are in rollups, first times in first_times and latest ones in people, and each view is
-- paid for by every insert.
DROP VIEW IF EXISTS activity_feed

-- next statement
DROP VIEW IF EXISTS sessions_feed

-- next statement
DROP TABLE IF EXISTS activity

-- next statement
DROP TABLE IF EXISTS sessions
